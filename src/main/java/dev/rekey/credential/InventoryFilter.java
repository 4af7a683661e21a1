package dev.rekey.credential;

import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.Cursor;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which credentials are wanted; every part that is null leaves all through.
 *
 * @param subject a subject's name, or the start of some, followed by {@code *}
 * @param team whose granted subjects
 * @param statuses any of these, in their order; empty for all
 * @param expiresBefore ends before, by its upstream or by policy
 * @param notUsedSince was last used before or, where no use was seen, made before
 * @param q a part of its name, description, client id, upstream id or an id of its subject, in any
 *     case
 */
record InventoryFilter(
    @Nullable String upstream,
    @Nullable String subject,
    @Nullable String team,
    List<CredentialStatus> statuses,
    @Nullable CredentialOrigin origin,
    @Nullable Instant expiresBefore,
    @Nullable Instant notUsedSince,
    @Nullable String q) {

  static final String SAYS_Q = "c.search_text like lower(:q)";

  private static final String ANY_REST = "*";

  /** What tells a search for it from every other list, as for {@link Cursor#encode}. */
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

  /** Whether it is for one subject. */
  boolean isOfOneSubject() {
    return subject != null && !subject.endsWith(ANY_REST);
  }

  /** {@link #q} as a pattern for LIKE. */
  static String like(String text) {
    return "%" + text.replaceAll("([\\\\%_])", "\\\\$1") + "%";
  }

  /** How the subjects of all that it wants begin. */
  String subjectStart() {
    return subject == null ? "" : subject.replace(ANY_REST, "");
  }

  /** Adds what it wants of {@code credential c}, but for team, upstream, status and {@code q}. */
  void addTo(Conditions where) {
    if (subject != null && subject.endsWith(ANY_REST)) {
      String start = subject.substring(0, subject.length() - 1);
      where.and("c.subject like :subject", "subject", start.replace("_", "\\_") + "%");
    } else if (subject != null) {
      where.and("c.subject = :subject", "subject", subject);
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
