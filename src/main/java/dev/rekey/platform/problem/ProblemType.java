package dev.rekey.platform.problem;

import java.net.URI;
import java.util.Locale;
import org.springframework.http.HttpStatus;

/**
 * The catalogue of problems. {@code problems.md} says what a caller does about each, for {@link
 * ProblemPages} and, as a copy, in {@code docs}; a test compares the three.
 */
public enum ProblemType {
  INVALID_REQUEST(400, GrpcCode.INVALID_ARGUMENT, "The body is invalid"),
  INVALID_ID(400, GrpcCode.INVALID_ARGUMENT, "An id is not well-formed"),
  INVALID_PARAMETER(400, GrpcCode.INVALID_ARGUMENT, "A parameter is invalid"),
  UNKNOWN_PARAMETER(400, GrpcCode.INVALID_ARGUMENT, "A query parameter is unknown"),
  IDEMPOTENCY_KEY_REQUIRED(400, GrpcCode.INVALID_ARGUMENT, "An Idempotency-Key is required"),
  INVALID_CURSOR(400, GrpcCode.INVALID_ARGUMENT, "The cursor is invalid"),
  MALFORMED_URL(400, GrpcCode.INVALID_ARGUMENT, "The URL is malformed"),
  UNAUTHENTICATED(401, GrpcCode.UNAUTHENTICATED, "A valid access token is required"),
  ISSUER_UNAVAILABLE(503, GrpcCode.UNAVAILABLE, "Access tokens cannot be verified now"),
  INSUFFICIENT_SCOPE(403, GrpcCode.PERMISSION_DENIED, "The access token lacks a scope"),
  NO_GRANT(403, GrpcCode.PERMISSION_DENIED, "No grant covers this subject"),
  ORIGIN_NOT_ALLOWED(
      403, GrpcCode.PERMISSION_DENIED, "A page of another origin may not send this request"),
  NOT_FOUND(404, GrpcCode.NOT_FOUND, "Not found"),
  UNKNOWN_ORGANIZATION(404, GrpcCode.NOT_FOUND, "The organization is not configured"),
  METHOD_NOT_ALLOWED(405, GrpcCode.UNIMPLEMENTED, "The method is not supported here"),
  NOT_ACCEPTABLE(406, GrpcCode.INVALID_ARGUMENT, "No acceptable response format"),
  REPEATED_MINT(409, GrpcCode.ABORTED, "This request seems to repeat an earlier one"),
  ROTATION_IN_PROGRESS(409, GrpcCode.ABORTED, "A rotation is under way"),
  ROTATION_UNRESOLVED(409, GrpcCode.ABORTED, "The earlier request with this key has no secret"),
  SECRET_NOT_REPLAYABLE(409, GrpcCode.ALREADY_EXISTS, "The secret was shown once and is not kept"),
  WRONG_STATE(409, GrpcCode.FAILED_PRECONDITION, "This is not possible in the current state"),
  OWN_LOGIN(409, GrpcCode.FAILED_PRECONDITION, "Rekey itself logs in with this credential"),
  CREDENTIAL_IN_USE(409, GrpcCode.FAILED_PRECONDITION, "The credential is in use"),
  DELIVERY_NOT_POSSIBLE(
      409, GrpcCode.FAILED_PRECONDITION, "The secret could not be delivered to its target"),
  DELIVERY_IN_PROGRESS(409, GrpcCode.ABORTED, "Another secret is on its way to the target"),
  NO_DELIVERY_TARGET(422, GrpcCode.INVALID_ARGUMENT, "The subject has no delivery target"),
  IDEMPOTENCY_KEY_REUSED(
      422, GrpcCode.INVALID_ARGUMENT, "The Idempotency-Key belongs to another request"),
  RESERVED_TEXT(422, GrpcCode.INVALID_ARGUMENT, "The text is reserved for Rekey"),
  ENCRYPTION_REQUIRED(422, GrpcCode.INVALID_ARGUMENT, "The secret has to be encrypted"),
  UNKNOWN_ENCRYPTION_KEY(422, GrpcCode.INVALID_ARGUMENT, "The encryption key is unknown"),
  ENCRYPTION_KEYS_UNAVAILABLE(503, GrpcCode.UNAVAILABLE, "The encryption keys are unavailable"),
  BODY_TOO_LARGE(413, GrpcCode.INVALID_ARGUMENT, "The request body is too large"),
  UNSUPPORTED_MEDIA_TYPE(415, GrpcCode.INVALID_ARGUMENT, "The body must be JSON"),
  RATE_LIMITED(429, GrpcCode.RESOURCE_EXHAUSTED, "Too many credentials minted"),
  TOO_MANY_STREAMS(429, GrpcCode.RESOURCE_EXHAUSTED, "Too many streams are open"),
  /** Has the upstream's status if the caller can act on it, otherwise 502. */
  UPSTREAM_REFUSED(502, GrpcCode.FAILED_PRECONDITION, "The upstream refused the request"),
  UPSTREAM_RATE_LIMITED(429, GrpcCode.RESOURCE_EXHAUSTED, "Too many requests to the upstream"),
  UPSTREAM_DENIED_US(502, GrpcCode.INTERNAL, "The upstream denied Rekey access"),
  UPSTREAM_FAILED(502, GrpcCode.UNAVAILABLE, "The upstream failed"),
  UPSTREAM_TIMED_OUT(504, GrpcCode.DEADLINE_EXCEEDED, "The upstream did not respond"),
  UPSTREAM_UNAVAILABLE(503, GrpcCode.UNAVAILABLE, "The upstream was not reached"),
  ROTATION_OUTCOME_UNKNOWN(504, GrpcCode.UNKNOWN, "It is not known whether a credential exists"),
  CHANGE_OUTCOME_UNKNOWN(504, GrpcCode.UNKNOWN, "It is not known whether the change was made"),
  QUERY_TOO_BROAD(503, GrpcCode.DEADLINE_EXCEEDED, "The query takes too long"),
  RECORD_UNAVAILABLE(503, GrpcCode.UNAVAILABLE, "Rekey's database does not respond"),
  INTERNAL_ERROR(500, GrpcCode.INTERNAL, "Rekey failed");

  private final HttpStatus status;
  private final GrpcCode grpcCode;
  private final String title;

  ProblemType(int status, GrpcCode grpcCode, String title) {
    this.status = HttpStatus.valueOf(status);
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

  /** The detail says what the caller can do. It names fields and subjects, but no other value. */
  public ProblemException with(String detail) {
    return new ProblemException(this, detail);
  }

  /**
   * The code for a response with the status, on which the code of an upstream's refusal depends.
   */
  int grpcCode(int status) {
    GrpcCode code =
        switch (this == UPSTREAM_REFUSED ? status : 0) {
          case 400, 422 -> GrpcCode.INVALID_ARGUMENT;
          case 404 -> GrpcCode.NOT_FOUND;
          case 409 -> GrpcCode.ALREADY_EXISTS;
          default -> grpcCode;
        };
    return code.number;
  }

  /** The codes of google.rpc.Status, which ConductorOne's clients expect. */
  private enum GrpcCode {
    UNKNOWN(2),
    INVALID_ARGUMENT(3),
    DEADLINE_EXCEEDED(4),
    NOT_FOUND(5),
    ALREADY_EXISTS(6),
    PERMISSION_DENIED(7),
    RESOURCE_EXHAUSTED(8),
    FAILED_PRECONDITION(9),
    ABORTED(10),
    UNIMPLEMENTED(12),
    INTERNAL(13),
    UNAVAILABLE(14),
    UNAUTHENTICATED(16);

    private final int number;

    GrpcCode(int number) {
      this.number = number;
    }
  }
}
