package dev.rekey.platform.problem;

/** What an error response depends on, even if the request has reached no controller. */
public interface RouteTraits {

  /** Whether the request mints a credential, so that a repetition could mint a second one. */
  boolean mints(String method, String path);

  /** Whether the route's clients expect {@code code} to be a gRPC status number. */
  boolean hasGrpcCodes(String path);
}
