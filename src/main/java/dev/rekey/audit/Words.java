package dev.rekey.audit;

import dev.rekey.platform.query.Conditions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The free text of a search, split as the index of the events' words is (V4__audit_chain.sql). */
final class Words {

  // Verbatim as in the index, or it is not used.
  private static final String CONDITION =
      "audit_words(e.type, e.outcome, e.reason, e.actor_id, e.actor_client_id, e.actor_team,"
          + " e.upstream, e.subject, e.upstream_id, e.request_id, e.trace_id, e.changes)"
          + " @@ lower(:words)::tsquery";

  // All that CONDITION splits and more, so that every word of an event is a part of it.
  private static final String TEXT =
      "lower(concat_ws(' ', e.type, e.outcome, e.reason, e.actor_id, e.actor_client_id,"
          + " e.actor_team, e.upstream, e.subject, e.upstream_id, e.request_id, e.trace_id,"
          + " e.changes::text))";

  private static final Pattern SEPARATORS =
      Pattern.compile("[\\x00-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7f]+");

  private Words() {}

  static List<String> of(String text) {
    return Arrays.stream(SEPARATORS.split(text)).filter(word -> !word.isEmpty()).toList();
  }

  /** A tsquery for which every word of the text, which has to have one, has to begin some word. */
  private static String query(String text) {
    return of(text).stream().map(word -> "'" + word + "':*").collect(Collectors.joining(" & "));
  }

  /**
   * A condition for events that have all words of a text. Most that do not have them do not have
   * their letters either, which is told in a fifth of the time that splitting an event takes.
   *
   * @param params where the parameters go
   * @param byIndex whether the index may be used, which is slow for common words
   */
  static String condition(Conditions params, String text, boolean byIndex) {
    var parts = new ArrayList<String>();
    for (String word : of(text)) {
      // The small letter of another may hang on what stands beside it.
      if (StandardCharsets.US_ASCII.newEncoder().canEncode(word)) {
        String name = "letters" + parts.size();
        params.param(name, word);
        parts.add("strpos(" + TEXT + ", lower(:" + name + ")) > 0");
      }
    }
    params.param("words", query(text));
    parts.add(byIndex ? CONDITION : "(" + CONDITION + ") is true");
    return String.join(" and ", parts);
  }
}
