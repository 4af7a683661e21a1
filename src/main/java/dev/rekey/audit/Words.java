package dev.rekey.audit;

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
}
