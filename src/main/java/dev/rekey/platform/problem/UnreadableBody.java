package dev.rekey.platform.problem;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.converter.HttpMessageNotReadableException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Says why a body is unusable. Names fields only: Jackson's own messages may quote a value. */
final class UnreadableBody {

  static final String NO_OBJECT = "A JSON object is required.";

  // Anything else in the place of a name may be a secret.
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]{0,63}");

  private UnreadableBody() {}

  static ProblemException problem(HttpMessageNotReadableException thrown) {
    return isTooLong(thrown)
        ? Problems.forStatus(HttpStatus.CONTENT_TOO_LARGE.value())
        : ProblemType.INVALID_REQUEST.with(reason(thrown.getCause()));
  }

  // Jackson has one exception for all of its limits. Of the others, depth is the one to expect.
  private static boolean isTooLong(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof StreamConstraintsException limit) {
        return limit.getOriginalMessage().startsWith("Document length");
      }
    }
    return false;
  }

  private static String reason(@Nullable Throwable cause) {
    return switch (cause) {
      case null -> NO_OBJECT;
      case UnrecognizedPropertyException unknown ->
          (NAME.matcher(path(unknown)).matches() ? path(unknown) : "A field")
              + " is unknown; known are "
              + unknown.getKnownPropertyIds()
              + ".";
      case MismatchedInputException mismatch when !mismatch.getPath().isEmpty() ->
          path(mismatch) + " has the wrong type.";
      case DatabindException databind when !databind.getPath().isEmpty() ->
          path(databind) + " cannot be used.";
      case StreamReadException malformed ->
          "The body is not well-formed JSON" + at(malformed) + ", or names a field twice.";
      case JacksonException _ -> NO_OBJECT;
      default -> "The body could not be read.";
    };
  }

  private static String at(JacksonException malformed) {
    var at = malformed.getLocation();
    return at == null ? "" : " (line %d, column %d)".formatted(at.getLineNr(), at.getColumnNr());
  }

  private static String path(DatabindException mismatch) {
    return mismatch.getPath().stream()
        .map(step -> step.getPropertyName() == null ? "[]" : step.getPropertyName())
        .collect(Collectors.joining("."));
  }
}
