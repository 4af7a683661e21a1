package dev.rekey.platform.problem;

/**
 * What errors, and the API's description, have to know of a route, even where no controller was
 * reached. A path may be a request's or a template such as {@code /a/{id}}.
 */
public interface RouteTraits {

  /** Whether a repetition of the request could make a second credential. */
  boolean mints(String method, String path);

  /** Whether the route's clients expect {@code code} to be a gRPC number. */
  boolean hasGrpcCodes(String path);
}
