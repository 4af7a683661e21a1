package dev.rekey.platform.problem;

import dev.rekey.platform.PathId;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.orm.jpa.JpaSystemException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Answers every exception that leaves a controller with a problem from the catalogue. */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {

  private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

  // Whatever else stands where a name belongs may be anything, a secret too.
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]{0,63}");

  private final Problems problems;

  ProblemAdvice(Problems problems) {
    this.problems = problems;
  }

  @ExceptionHandler
  ResponseEntity<Object> problem(ProblemException thrown, HttpServletRequest request) {
    return problems.answer(thrown.problem(), request);
  }

  @ExceptionHandler({
    DataAccessResourceFailureException.class,
    TransientDataAccessException.class,
    TransactionException.class,
    JpaSystemException.class
  })
  ResponseEntity<Object> databaseDown(Exception thrown, HttpServletRequest request) {
    log.warn("The database did not answer: {}", thrown.getClass().getSimpleName());
    return problems.answer(
        ProblemType.RECORD_UNAVAILABLE.with(
            "Nothing was sent to the upstream. Repeat the request in a while."),
        request);
  }

  /** PostgreSQL would not take a row: most likely the history has no partition for this month. */
  @ExceptionHandler
  ResponseEntity<Object> notRecorded(
      DataIntegrityViolationException thrown, HttpServletRequest request) {
    log.error("The database refused a row: {}", thrown.getMostSpecificCause().getMessage());
    return problems.answer(
        ProblemType.RECORD_UNAVAILABLE.with(
            "Nothing was sent to the upstream. Tell Rekey's operators the requestId."),
        request);
  }

  @ExceptionHandler
  ResponseEntity<Object> brokenQuery(InvalidParameterException thrown, HttpServletRequest request) {
    return problems.answer(
        ProblemType.INVALID_PARAMETER.with("The query has to be percent-encoded UTF-8."), request);
  }

  /** The firewall looks at a header when it is read, which may be as late as here. */
  @ExceptionHandler
  ResponseEntity<Object> rejected(RequestRejectedException thrown, HttpServletRequest request) {
    return problems.answer(Problems.forStatus(HttpStatus.BAD_REQUEST.value()), request);
  }

  @ExceptionHandler
  ResponseEntity<Object> unexpected(Exception thrown, HttpServletRequest request) {
    log.error("{} {} failed", request.getMethod(), request.getRequestURI(), thrown);
    return problems.answer(
        ProblemType.INTERNAL_ERROR.with(
            "Tell Rekey's operators the requestId. Read the credential and its history before you"
                + " repeat a request that changes something."),
        request);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
      HttpMessageNotReadableException thrown,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    return answer(ProblemType.INVALID_REQUEST.with(unreadable(thrown.getCause())), request);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleTypeMismatch(
      TypeMismatchException thrown,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    String name =
        thrown instanceof MethodArgumentTypeMismatchException argument
            ? argument.getName()
            : thrown.getPropertyName();
    Class<?> type = thrown.getRequiredType();
    return answer(
        type == PathId.class
            ? ProblemType.INVALID_ID.with(
                name + " has to match " + PathId.PATTERN + " and not be . or ..")
            : ProblemType.INVALID_PARAMETER.with(name + " has to be " + expected(type) + "."),
        request);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleMissingServletRequestParameter(
      MissingServletRequestParameterException thrown,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    return answer(
        ProblemType.INVALID_PARAMETER.with(thrown.getParameterName() + " is required."), request);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleHttpRequestMethodNotSupported(
      HttpRequestMethodNotSupportedException thrown,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    String allowed =
        thrown.getSupportedHttpMethods() == null
            ? ""
            : thrown.getSupportedHttpMethods().stream()
                .flatMap(
                    method ->
                        method.equals(HttpMethod.GET)
                            ? Stream.of("GET", "HEAD")
                            : Stream.of(method.name()))
                .sorted()
                .collect(Collectors.joining(", "));
    return answer(
        ProblemType.METHOD_NOT_ALLOWED
            .with("Use one of: " + allowed + ".")
            .header(HttpHeaders.ALLOW, allowed),
        request);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleHttpMediaTypeNotSupported(
      HttpMediaTypeNotSupportedException thrown,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    return answer(
        ProblemType.UNSUPPORTED_MEDIA_TYPE.with("Send Content-Type: application/json."), request);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleExceptionInternal(
      Exception thrown,
      @Nullable Object body,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    Problem problem =
        switch (status.value()) {
          case 404, 413 -> Problems.forStatus(status.value());
          case 406 -> ProblemType.NOT_ACCEPTABLE.with("Send Accept: application/json.");
          default ->
              status.is4xxClientError()
                  ? ProblemType.INVALID_REQUEST.with(
                      "The request does not fit; GET /v3/api-docs describes it.")
                  : null;
        };
    return problem != null
        ? answer(problem, request)
        : unexpected(thrown, ((ServletWebRequest) request).getRequest());
  }

  private ResponseEntity<Object> answer(Problem problem, WebRequest request) {
    return problems.answer(problem, ((ServletWebRequest) request).getRequest());
  }

  private static String expected(@Nullable Class<?> type) {
    if (type == null) {
      return "of another form";
    }
    if (type == UUID.class) {
      return "a UUID";
    }
    if (type == Instant.class) {
      return "a UTC time such as 2026-01-31T12:00:00Z";
    }
    if (type == Integer.class || type == int.class || type == Long.class) {
      return "a whole number";
    }
    if (type.isEnum()) {
      return "one of " + List.of(type.getEnumConstants());
    }
    return "of another form";
  }

  // Jackson's own messages may quote what was sent; only names of fields are passed on.
  private static String unreadable(@Nullable Throwable cause) {
    return switch (cause) {
      case null -> "A JSON object is required.";
      case UnrecognizedPropertyException unknown ->
          (NAME.matcher(path(unknown)).matches() ? path(unknown) : "A field")
              + " is not known here; known are "
              + unknown.getKnownPropertyIds()
              + ".";
      case MismatchedInputException mismatch when !mismatch.getPath().isEmpty() ->
          path(mismatch) + " has the wrong type.";
      case DatabindException databind when !databind.getPath().isEmpty() ->
          path(databind) + " cannot be used.";
      case StreamReadException malformed ->
          "The body is not well-formed JSON" + at(malformed) + ", or names a field twice.";
      case JacksonException _ -> "A JSON object is required.";
      default -> "The body could not be read.";
    };
  }

  private static String at(JacksonException malformed) {
    return malformed.getLocation() == null
        ? ""
        : " (line "
            + malformed.getLocation().getLineNr()
            + ", column "
            + malformed.getLocation().getColumnNr()
            + ")";
  }

  private static String path(DatabindException mismatch) {
    return mismatch.getPath().stream()
        .map(step -> step.getPropertyName() == null ? "[]" : step.getPropertyName())
        .collect(Collectors.joining("."));
  }
}
