package dev.rekey.audit;

import dev.rekey.access.Visibility;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.Letters;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.query.TimeRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A search for the events that match the filter, in the time, with the words; null for any. */
public record AuditSearch(AuditFilter filter, TimeRange time, @Nullable Words words) {

  /** Every event. */
  public static final AuditSearch ALL = new AuditSearch(AuditFilter.ALL, TimeRange.UNBOUNDED, null);

  AuditSearch within(TimeRange other) {
    return new AuditSearch(filter, other, words);
  }

  AuditSearch withoutSubject() {
    return new AuditSearch(filter.withoutSubject(), time, words);
  }

  public boolean isUnrestricted() {
    return filter.isEmpty() && time.equals(TimeRange.UNBOUNDED) && words == null;
  }

  /** The conditions on {@code audit_event e}, except the words. */
  public Conditions conditions(Visibility visibility) {
    Conditions where = filter.conditions(visibility);
    time.addTo(where, "e.occurred_at");
    return where;
  }

  /** The query parameters that make this search. */
  public Map<String, String> parameters() {
    var parameters = new LinkedHashMap<String, String>();
    put(parameters, "from", time.from());
    put(parameters, "to", time.to());
    parameters.putAll(filter.parameters());
    put(parameters, "q", words);
    return parameters;
  }

  private static void put(Map<String, String> parameters, String name, @Nullable Object value) {
    if (value != null) {
      parameters.put(name, value.toString());
    }
  }

  /** Free text. It is split into words as the index splits events (V4__audit_chain.sql). */
  public static final class Words {

    // The same text as in the index, or PostgreSQL does not use it.
    private static final String CONDITION =
        "audit_words(e.type, e.outcome, e.reason, e.actor_id, e.actor_client_id, e.actor_team,"
            + " e.upstream, e.subject, e.upstream_id, e.request_id, e.trace_id, e.changes)"
            + " @@ lower(:words)::tsquery";

    // At least everything that CONDITION splits, so that it contains every word of the event.
    private static final String TEXT =
        "lower(concat_ws(' ', e.type, e.outcome, e.reason, e.actor_id, e.actor_client_id,"
            + " e.actor_team, e.upstream, e.subject, e.upstream_id, e.request_id, e.trace_id,"
            + " e.changes::text))";

    private static final Pattern SEPARATORS =
        Pattern.compile("[\\x00-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7f]+");

    private static final int MAX_LENGTH = 200;

    private final String text;

    private Words(String text) {
      this.text = text;
    }

    /** Null for null; throws an {@code invalid-parameter} problem if the text has no word. */
    static @Nullable Words of(@Nullable String text) {
      if (text == null) {
        return null;
      }
      if (text.length() > MAX_LENGTH || text.codePoints().noneMatch(Character::isLetterOrDigit)) {
        throw QueryText.invalid(
            "q has to be at most "
                + MAX_LENGTH
                + " characters, and to hold a letter or a digit. Use another filter to find other"
                + " characters.");
      }
      return new Words(text);
    }

    /**
     * The condition that each word of the text is the prefix of a word of the event. It first
     * searches the event's text for each word, which takes a fifth of the time of splitting an
     * event and excludes most events.
     *
     * @param params receives the parameters
     * @param byIndex whether the index may be used, which is slow for common words
     */
    String condition(Conditions params, boolean byIndex) {
      List<String> words =
          SEPARATORS.splitAsStream(Letters.composed(text)).filter(word -> !word.isEmpty()).toList();
      var parts = new ArrayList<String>();
      for (String word : words) {
        // Lower-casing other letters depends on their neighbours.
        if (Letters.areAscii(word)) {
          String name = "letters" + parts.size();
          params.param(name, word);
          parts.add("strpos(" + TEXT + ", lower(:" + name + ")) > 0");
        }
      }
      params.param("words", words.stream().map(Words::prefixes).collect(Collectors.joining(" & ")));
      parts.add(byIndex ? CONDITION : "(" + CONDITION + ") is true");
      return String.join(" and ", parts);
    }

    /** The word in each Unicode form: as typed, in small letters, in capitals, and capitalized. */
    private static String prefixes(String word) {
      return Letters.areAscii(word)
          ? prefix(word)
          : Letters.forms(word)
              .flatMap(Words::cases)
              .distinct()
              .map(Words::prefix)
              .collect(Collectors.joining(" | ", "(", ")"));
    }

    private static Stream<String> cases(String word) {
      // The end of a Greek word has another small letter, which depends on its neighbours.
      Stream<String> small =
          Stream.of(Letters.map(word, Character::toLowerCase), word.toLowerCase(Locale.ROOT));
      return Stream.concat(
          Stream.of(word, Letters.map(word, Letters::upper)),
          small.flatMap(each -> Stream.of(each, capitalized(each))));
    }

    private static String capitalized(String word) {
      int rest = word.offsetByCodePoints(0, 1);
      return Letters.map(word.substring(0, rest), Letters::upper) + word.substring(rest);
    }

    private static String prefix(String word) {
      return "'" + word + "':*";
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
