package dev.rekey.platform.problem;

/** The properties of a route that error responses need, even before a controller is found. */
public interface RouteTraits {

  /** Whether the request mints a credential, so that a repetition could mint a second one. */
  boolean mints(String method, String path);

  /** Whether the route's clients expect {@code code} to be a gRPC status number. */
  boolean hasGrpcCodes(String path);
}
