package dev.rekey.platform.problem;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.rekey.platform.ApiPath;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * A failure that the caller receives as a problem (RFC 9457), whichever class throws it. It has no
 * stack trace, because it is a response and not a fault.
 */
public final class ProblemException extends ErrorResponseException {

  private static final long serialVersionUID = 1;

  private final ProblemType type;
  private @Nullable ApiPath location;

  ProblemException(ProblemType type, String detail) {
    super(type.status(), new Body(type, detail), null);
    this.type = type;
  }

  public ProblemType type() {
    return type;
  }

  /** Replaces the status of the catalogue. */
  public ProblemException status(HttpStatus status) {
    getBody().setStatus(status);
    return this;
  }

  /** Adds a member to the body, such as {@code rotationId} or an {@link ApiPath}. */
  public ProblemException member(String name, Object value) {
    getBody().setProperty(name, value);
    return this;
  }

  /** Sets the {@code Location}. */
  public ProblemException location(ApiPath path) {
    location = path;
    return this;
  }

  @Nullable ApiPath location() {
    return location;
  }

  public ProblemException header(String name, String value) {
    getHeaders().set(name, value);
    return this;
  }

  @Override
  public HttpStatusCode getStatusCode() {
    return HttpStatusCode.valueOf(getBody().getStatus());
  }

  int grpcCode() {
    return type.grpcCode(getBody().getStatus());
  }

  public String detail() {
    return String.valueOf(getBody().getDetail());
  }

  @Override
  public String getMessage() {
    return type.slug() + ": " + detail();
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }

  /** Jackson would sort the members by name. */
  @JsonPropertyOrder({"type", "title", "status", "detail"})
  private static final class Body extends ProblemDetail {

    private static final long serialVersionUID = 1;

    Body(ProblemType type, String detail) {
      super(type.status().value());
      setType(type.uri());
      setTitle(type.title());
      setDetail(detail);
    }
  }
}
