package dev.rekey.audit;

import dev.rekey.platform.Conditions;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The free text of a search, split as the index of the events' words is (V4__audit_chain.sql). */
final class Words {

  // Verbatim as in the index, or it is not used.
  static final String CONDITION =
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
  static String query(String text) {
    return of(text).stream().map(word -> "'" + word + "':*").collect(Collectors.joining(" & "));
  }

  /**
   * Adds the condition for events that are looked at one by one. Most that do not have the words do
   * not have their letters either, which is told in a fifth of the time that splitting them takes.
   */
  static void addTo(Conditions where, String text) {
    for (String word : of(text)) {
      // The small letter of another may hang on what stands beside it.
      if (StandardCharsets.US_ASCII.newEncoder().canEncode(word)) {
        String name = "letters" + where.params().size();
        where.and("strpos(" + TEXT + ", lower(:" + name + ")) > 0", name, word);
      }
    }
    where.and(CONDITION, "words", query(text));
  }
}
