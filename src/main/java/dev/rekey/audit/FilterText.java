package dev.rekey.audit;

import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.query.SqlTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the parts of an {@link AuditFilter} from what a request says. Each stays null where it is;
 * what cannot be meant is an {@code invalid-parameter} problem.
 */
public final class FilterText {

  private static final Pattern UPSTREAM = Pattern.compile("[a-z][a-z0-9-]{0,31}");
  private static final int MAX_WORDS = 200;

  private FilterText() {}

  public static @Nullable AuditType type(@Nullable String text) {
    return text == null
        ? null
        : AuditType.of(text)
            .orElseThrow(
                () -> invalid("type has to be one of " + List.of(AuditType.values()) + "."));
  }

  public static @Nullable AuditOutcome outcome(@Nullable String text) {
    List<String> known = Arrays.stream(AuditOutcome.values()).map(AuditOutcome::text).toList();
    if (text != null && !known.contains(text)) {
      throw invalid("outcome has to be one of " + known + ".");
    }
    return text == null ? null : AuditOutcome.of(text);
  }

  public static @Nullable String upstream(@Nullable String text) {
    if (text != null && !UPSTREAM.matcher(text).matches()) {
      throw invalid("upstream has to be a name such as keycard.");
    }
    return text;
  }

  public static @Nullable String words(@Nullable String text) {
    if (text != null
        && (text.length() > MAX_WORDS || text.codePoints().noneMatch(Character::isLetterOrDigit))) {
      throw invalid(
          "q has to be at most "
              + MAX_WORDS
              + " characters, and to hold a letter or a digit; other filters find what it cannot.");
    }
    return text;
  }

  public static void checkSpan(@Nullable Instant from, @Nullable Instant to) {
    if (isOutOfRange(from) || isOutOfRange(to)) {
      throw invalid("from and to have to lie in the years 1970 to 9999.");
    }
    if (from != null && to != null && !from.isBefore(to)) {
      throw invalid("from has to be before to.");
    }
  }

  /** A place in the chain; before the first event if nothing is said. */
  public static long place(@Nullable Long afterSeq) {
    if (afterSeq != null && afterSeq < 0) {
      throw invalid("afterSeq has to be 0, for all, or the nextAfterSeq of an answer before.");
    }
    return afterSeq == null ? 0 : afterSeq;
  }

  private static boolean isOutOfRange(@Nullable Instant time) {
    return time != null && !SqlTime.isInRange(time);
  }

  public static ProblemException invalid(String detail) {
    return QueryText.invalid(detail);
  }
}
