package dev.rekey.credential;

import dev.rekey.access.SubjectFilter;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.Letters;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of a search. A part that is null does not restrict it.
 *
 * @param team the team whose granted subjects match
 * @param statuses the statuses that match, in the order of the enum; empty for all
 * @param expiresBefore matches an earlier expiry, by the upstream or by policy
 * @param notUsedSince matches an earlier last use or, without any use, an earlier creation
 * @param q a part of the name, description, client id, upstream id or an id of the subject; case is
 *     ignored
 */
record InventoryFilter(
    @Nullable String upstream,
    @Nullable SubjectFilter subject,
    @Nullable String team,
    List<CredentialStatus> statuses,
    @Nullable CredentialOrigin origin,
    @Nullable Instant expiresBefore,
    @Nullable Instant notUsedSince,
    @Nullable String q) {

  // The operators use the same index.
  private static final String LIKE = "c.search_text like lower(:q)";
  private static final String MATCHES = "c.search_text ~ lower(:q)";

  /** Returns the identity of the search, for its cursors. */
  List<@Nullable Object> parts(InventoryOrder order) {
    return Arrays.asList(
        "credentials",
        upstream,
        subject,
        team,
        statuses,
        origin,
        expiresBefore,
        notUsedSince,
        q,
        order);
  }

  boolean isOfOneSubject() {
    return subject != null && !subject.isPrefix();
  }

  /** Adds the condition on {@code credential c} that it has a text anywhere, in any case. */
  static Conditions containing(String text, Conditions where) {
    return Letters.areAscii(text)
        ? where.and(LIKE, "q", "%" + text.replaceAll("([\\\\%_])", "\\\\$1") + "%")
        : where.and(MATCHES, "q", regularExpression(text));
  }

  private static String regularExpression(String text) {
    return text.codePoints()
        .mapToObj(
            letter ->
                Letters.isAscii(letter)
                    ? Character.toString(letter).replaceAll("\\W", "\\\\$0")
                    : IntStream.of(letter, Character.toLowerCase(letter), Letters.upper(letter))
                        .distinct()
                        .mapToObj(Character::toString)
                        .collect(Collectors.joining("|", "(?:", ")")))
        .collect(Collectors.joining());
  }

  /** Returns the prefix of all subjects that match; empty without one. */
  String subjectPrefix() {
    return subject == null ? "" : subject.start();
  }

  /** Adds the conditions on {@code credential c}, except team, upstream, status and {@code q}. */
  void addTo(Conditions where) {
    if (subject != null) {
      subject.addTo(where, "c.subject");
    }
    if (origin != null) {
      where.and("c.origin = :origin", "origin", origin.name());
    }
    if (expiresBefore != null) {
      where.and("c.ends_at < :expiresBefore", "expiresBefore", expiresBefore);
    }
    if (notUsedSince != null) {
      where.and("c.idle_since < :notUsedSince", "notUsedSince", notUsedSince);
    }
  }
}
