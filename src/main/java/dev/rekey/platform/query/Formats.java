package dev.rekey.platform.query;

import dev.rekey.platform.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeTypeUtils;

/** Chooses the formats of responses. */
public final class Formats {

  private Formats() {}

  /**
   * Reads the parameter named format. Without it, returns the format that the {@code Accept} header
   * prefers; the first one if the header has none of them, or is malformed.
   */
  public static <F> F of(
      @Nullable String parameter,
      F[] known,
      Function<F, MediaType> type,
      HttpServletRequest request) {
    F named = QueryText.oneOf("format", parameter, known);
    return named == null ? accepted(known, type, request) : named;
  }

  private static <F> F accepted(
      F[] known, Function<F, MediaType> type, HttpServletRequest request) {
    return accepted(request).stream()
        .filter(each -> each.getQualityValue() > 0)
        .flatMap(each -> Arrays.stream(known).filter(format -> each.includes(type.apply(format))))
        .findFirst()
        .orElse(known[0]);
  }

  /** Throws a {@code not-acceptable} problem if {@code Accept} excludes a response's only type. */
  public static void require(MediaType type, HttpServletRequest request) {
    List<MediaType> accepted = accepted(request);
    boolean isAccepted =
        accepted.isEmpty()
            || accepted.stream()
                .anyMatch(each -> each.getQualityValue() > 0 && each.includes(type));
    if (!isAccepted) {
      throw ProblemType.NOT_ACCEPTABLE.with("Send Accept: " + type + ".");
    }
  }

  /** The most specific first; none if the header is malformed. */
  private static List<MediaType> accepted(HttpServletRequest request) {
    try {
      List<MediaType> accepted =
          MediaType.parseMediaTypes(Collections.list(request.getHeaders(HttpHeaders.ACCEPT)));
      MimeTypeUtils.sortBySpecificity(accepted);
      return accepted;
    } catch (InvalidMediaTypeException | InvalidMimeTypeException _) {
      return List.of();
    }
  }
}
