package dev.rekey.platform.problem;

import dev.rekey.platform.DatabaseOutage;
import dev.rekey.platform.PathId;
import dev.rekey.platform.RequestPath;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.coyote.BadRequestException;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.ConversionNotSupportedException;
import org.springframework.beans.TypeMismatchException;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.util.DisconnectedClientHelper;

/** Responds to every exception that leaves a controller with a problem from the catalogue. */
@RestControllerAdvice
public class ProblemAdvice {

  /** The attribute of a request whose response failed after it was committed. */
  static final String TRUNCATED = ProblemAdvice.class.getName();

  /** The attribute of a request whose body could not be read. */
  private static final String UNREAD = ProblemAdvice.class.getName() + ".UNREAD";

  private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

  private final Problems problems;

  ProblemAdvice(Problems problems) {
    this.problems = problems;
  }

  /** Null if the response cannot be a problem any more. */
  @ExceptionHandler
  public @Nullable ErrorResponse handle(
      Exception thrown, HttpServletRequest request, HttpServletResponse response) {
    if (NestedExceptionUtils.getMostSpecificCause(thrown) instanceof BadRequestException) {
      // Tomcat could not read the body, and responds itself.
      request.setAttribute(UNREAD, thrown);
      return null;
    }
    if (response.isCommitted()) {
      truncated(thrown, request);
      return null;
    }
    return thrown instanceof AsyncRequestNotUsableException
        // The client has disconnected.
        ? null
        : problems.response(of(thrown, request), request);
  }

  /** The problem of an error response of Tomcat. */
  static ProblemException ofServer(HttpServletRequest request, int status) {
    return request.getAttribute(UNREAD) == null
        ? Problems.forStatus(status)
        : ProblemType.INVALID_REQUEST.with(
            "The body was incomplete, or took too long. Send all of it within 10 s.");
  }

  // A problem cannot follow, and the client must not take the response for complete, so the
  // connection is closed.
  private static void truncated(Exception thrown, HttpServletRequest request) {
    request.setAttribute(TRUNCATED, thrown);
    if (DisconnectedClientHelper.isClientDisconnectedException(thrown)) {
      log.debug(
          "The client of {} disconnected before the end of the response", RequestPath.of(request));
    } else {
      log.error(
          "The response to {} {} was truncated",
          request.getMethod(),
          RequestPath.of(request),
          thrown);
    }
  }

  /** The problem of an exception that left a controller. Logs a fault of Rekey or its database. */
  public static ProblemException of(Exception thrown, HttpServletRequest request) {
    return switch (thrown) {
      case ProblemException problem -> problem;
      case RuntimeException outage when DatabaseOutage.caused(outage) -> databaseDown(outage);
      case DataIntegrityViolationException refused -> notRecorded(refused);
      // Tomcat parses the query, and a form, when a parameter is first read.
      case InvalidParameterException invalid ->
          invalid.getErrorCode() == HttpStatus.CONTENT_TOO_LARGE.value()
              ? Problems.forStatus(invalid.getErrorCode())
              : ProblemType.INVALID_PARAMETER.with("The query has to be percent-encoded UTF-8.");
      // The firewall checks a header when it is read, which may be as late as here.
      case RequestRejectedException _ -> Problems.forStatus(HttpStatus.BAD_REQUEST.value());
      case HttpMessageNotReadableException unreadable -> UnreadableBody.problem(unreadable);
      case ConversionNotSupportedException _ -> unexpected(thrown, request);
      case TypeMismatchException mismatch -> mismatch(mismatch);
      // A record of query parameters has a parameter of the wrong type.
      case MethodArgumentNotValidException invalid ->
          mismatch(
              Objects.requireNonNull(invalid.getFieldError()).unwrap(TypeMismatchException.class));
      case MissingServletRequestParameterException missing ->
          ProblemType.INVALID_PARAMETER.with(missing.getParameterName() + " is required.");
      case HttpRequestMethodNotSupportedException other -> methodNotAllowed(other);
      case HttpMediaTypeNotSupportedException _ ->
          ProblemType.UNSUPPORTED_MEDIA_TYPE.with("Send Content-Type: application/json.");
      case ErrorResponse response when response.getStatusCode().is4xxClientError() ->
          byStatus(response.getStatusCode().value());
      default -> unexpected(thrown, request);
    };
  }

  private static ProblemException databaseDown(Exception thrown) {
    log.warn("The database did not respond or write: {}", DatabaseOutage.describe(thrown));
    return ProblemType.RECORD_UNAVAILABLE.with(
        "Nothing was sent to the upstream. Repeat the request later.");
  }

  /** PostgreSQL refused a row: most likely the history has no partition for this month. */
  private static ProblemException notRecorded(DataIntegrityViolationException thrown) {
    log.error("The database refused a row: {}", thrown.getMostSpecificCause().getMessage());
    return ProblemType.RECORD_UNAVAILABLE.with(
        "Nothing was sent to the upstream. Report the requestId to Rekey's operators.");
  }

  private static ProblemException unexpected(Exception thrown, HttpServletRequest request) {
    log.error("{} {} failed", request.getMethod(), RequestPath.of(request), thrown);
    return ProblemType.INTERNAL_ERROR.with(
        "Report the requestId to Rekey's operators. Read the credential and its history before you"
            + " repeat a request that changes something.");
  }

  private static ProblemException mismatch(TypeMismatchException thrown) {
    String name =
        thrown instanceof MethodArgumentTypeMismatchException argument
            ? argument.getName()
            : thrown.getPropertyName();
    Class<?> type = thrown.getRequiredType();
    return type == PathId.class
        ? ProblemType.INVALID_ID.with(
            name + " has to match " + PathId.PATTERN + " and not be . or ..")
        : ProblemType.INVALID_PARAMETER.with(name + " has to be " + expected(type) + ".");
  }

  private static String expected(@Nullable Class<?> type) {
    if (type == UUID.class) {
      return "a UUID";
    }
    if (type == Instant.class) {
      return "a UTC time such as 2026-01-31T12:00:00Z, or its milliseconds since 1970 such as"
          + " 1769860800000";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == Integer.class || type == int.class || type == Long.class) {
      return "a whole number";
    }
    return type != null && type.isEnum()
        ? "one of " + List.of(type.getEnumConstants())
        : "of another form";
  }

  private static ProblemException methodNotAllowed(HttpRequestMethodNotSupportedException thrown) {
    Set<HttpMethod> supported = thrown.getSupportedHttpMethods();
    String allowed =
        (supported == null ? Stream.<HttpMethod>empty() : supported.stream())
            .flatMap(
                method ->
                    method.equals(HttpMethod.GET)
                        ? Stream.of("GET", "HEAD")
                        : Stream.of(method.name()))
            .sorted()
            .collect(Collectors.joining(", "));
    return ProblemType.METHOD_NOT_ALLOWED
        .with("Use one of: " + allowed + ".")
        .header(HttpHeaders.ALLOW, allowed);
  }

  private static ProblemException byStatus(int status) {
    return switch (status) {
      case 404, 413 -> Problems.forStatus(status);
      case 406 -> ProblemType.NOT_ACCEPTABLE.with("Send Accept: application/json.");
      default ->
          ProblemType.INVALID_REQUEST.with(
              "The request is invalid. GET /v3/api-docs describes it.");
    };
  }
}
