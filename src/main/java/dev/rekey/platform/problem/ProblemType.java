package dev.rekey.platform.problem;

import java.net.URI;
import java.util.Locale;
import org.springframework.http.HttpStatus;

/**
 * The catalogue of problems. {@code docs/problems.md} says what a caller does about each; a test
 * compares the two.
 */
public enum ProblemType {
  INVALID_REQUEST(HttpStatus.BAD_REQUEST, GrpcCode.INVALID_ARGUMENT, "The body is invalid"),
  INVALID_ID(HttpStatus.BAD_REQUEST, GrpcCode.INVALID_ARGUMENT, "An id is not well-formed"),
  INVALID_PARAMETER(HttpStatus.BAD_REQUEST, GrpcCode.INVALID_ARGUMENT, "A parameter is invalid"),
  UNKNOWN_PARAMETER(
      HttpStatus.BAD_REQUEST, GrpcCode.INVALID_ARGUMENT, "A query parameter is unknown"),
  IDEMPOTENCY_KEY_REQUIRED(
      HttpStatus.BAD_REQUEST, GrpcCode.INVALID_ARGUMENT, "An Idempotency-Key is required"),
  INVALID_CURSOR(HttpStatus.BAD_REQUEST, GrpcCode.INVALID_ARGUMENT, "The cursor is invalid"),
  MALFORMED_URL(HttpStatus.BAD_REQUEST, GrpcCode.INVALID_ARGUMENT, "The URL is malformed"),
  UNAUTHENTICATED(
      HttpStatus.UNAUTHORIZED, GrpcCode.UNAUTHENTICATED, "A valid access token is required"),
  ISSUER_UNAVAILABLE(
      HttpStatus.SERVICE_UNAVAILABLE, GrpcCode.UNAVAILABLE, "Access tokens cannot be verified now"),
  INSUFFICIENT_SCOPE(
      HttpStatus.FORBIDDEN, GrpcCode.PERMISSION_DENIED, "The access token lacks a scope"),
  NO_GRANT(HttpStatus.FORBIDDEN, GrpcCode.PERMISSION_DENIED, "No grant covers this subject"),
  NOT_FOUND(HttpStatus.NOT_FOUND, GrpcCode.NOT_FOUND, "Not found"),
  UNKNOWN_ORGANIZATION(
      HttpStatus.NOT_FOUND, GrpcCode.NOT_FOUND, "The organization is not configured"),
  METHOD_NOT_ALLOWED(
      HttpStatus.METHOD_NOT_ALLOWED, GrpcCode.UNIMPLEMENTED, "The method is not supported here"),
  NOT_ACCEPTABLE(
      HttpStatus.NOT_ACCEPTABLE, GrpcCode.INVALID_ARGUMENT, "No acceptable response format"),
  REPEATED_MINT(
      HttpStatus.CONFLICT, GrpcCode.ABORTED, "This request seems to repeat an earlier one"),
  ROTATION_IN_PROGRESS(HttpStatus.CONFLICT, GrpcCode.ABORTED, "A rotation is under way"),
  ROTATION_UNRESOLVED(
      HttpStatus.CONFLICT, GrpcCode.ABORTED, "The earlier request with this key has no secret"),
  SECRET_NOT_REPLAYABLE(
      HttpStatus.CONFLICT, GrpcCode.ALREADY_EXISTS, "The secret was shown once and is not kept"),
  WRONG_STATE(
      HttpStatus.CONFLICT,
      GrpcCode.FAILED_PRECONDITION,
      "This is not possible in the current state"),
  CREDENTIAL_IN_USE(HttpStatus.CONFLICT, GrpcCode.FAILED_PRECONDITION, "The credential is in use"),
  IDEMPOTENCY_KEY_REUSED(
      HttpStatus.UNPROCESSABLE_CONTENT,
      GrpcCode.INVALID_ARGUMENT,
      "The Idempotency-Key belongs to another request"),
  RESERVED_TEXT(
      HttpStatus.UNPROCESSABLE_CONTENT,
      GrpcCode.INVALID_ARGUMENT,
      "The text is reserved for Rekey"),
  BODY_TOO_LARGE(
      HttpStatus.CONTENT_TOO_LARGE, GrpcCode.INVALID_ARGUMENT, "The request body is too large"),
  UNSUPPORTED_MEDIA_TYPE(
      HttpStatus.UNSUPPORTED_MEDIA_TYPE, GrpcCode.INVALID_ARGUMENT, "The body must be JSON"),
  RATE_LIMITED(
      HttpStatus.TOO_MANY_REQUESTS, GrpcCode.RESOURCE_EXHAUSTED, "Too many credentials minted"),
  /** Has the upstream's status if the caller can act on it, otherwise 502. */
  UPSTREAM_REFUSED(
      HttpStatus.BAD_GATEWAY, GrpcCode.FAILED_PRECONDITION, "The upstream refused the request"),
  UPSTREAM_RATE_LIMITED(
      HttpStatus.TOO_MANY_REQUESTS, GrpcCode.RESOURCE_EXHAUSTED, "The upstream limits requests"),
  UPSTREAM_DENIED_US(HttpStatus.BAD_GATEWAY, GrpcCode.INTERNAL, "The upstream denied Rekey access"),
  UPSTREAM_FAILED(HttpStatus.BAD_GATEWAY, GrpcCode.UNAVAILABLE, "The upstream failed"),
  UPSTREAM_TIMED_OUT(
      HttpStatus.GATEWAY_TIMEOUT, GrpcCode.DEADLINE_EXCEEDED, "The upstream did not respond"),
  UPSTREAM_UNAVAILABLE(
      HttpStatus.SERVICE_UNAVAILABLE, GrpcCode.UNAVAILABLE, "The upstream was not reached"),
  ROTATION_OUTCOME_UNKNOWN(
      HttpStatus.GATEWAY_TIMEOUT, GrpcCode.UNKNOWN, "It is not known whether a credential exists"),
  CHANGE_OUTCOME_UNKNOWN(
      HttpStatus.GATEWAY_TIMEOUT, GrpcCode.UNKNOWN, "It is not known whether the change was made"),
  QUERY_TOO_BROAD(
      HttpStatus.SERVICE_UNAVAILABLE, GrpcCode.DEADLINE_EXCEEDED, "The query takes too long"),
  RECORD_UNAVAILABLE(
      HttpStatus.SERVICE_UNAVAILABLE, GrpcCode.UNAVAILABLE, "Rekey's database does not respond"),
  INTERNAL_ERROR(HttpStatus.INTERNAL_SERVER_ERROR, GrpcCode.INTERNAL, "Rekey failed");

  private final HttpStatus status;
  private final GrpcCode grpcCode;
  private final String title;

  ProblemType(HttpStatus status, GrpcCode grpcCode, String title) {
    this.status = status;
    this.grpcCode = grpcCode;
    this.title = title;
  }

  /** The stable name, such as {@code no-grant}. */
  public String slug() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The {@code type} member: a relative reference, which does not change. */
  public URI uri() {
    return URI.create("/problems/" + slug());
  }

  public HttpStatus status() {
    return status;
  }

  public String title() {
    return title;
  }

  /**
   * This problem.
   *
   * @param detail says what the caller can do; names fields and subjects, but no other value that
   *     the caller sent
   */
  public ProblemException with(String detail) {
    return new ProblemException(this, detail);
  }

  GrpcCode grpcCode() {
    return grpcCode;
  }
}
