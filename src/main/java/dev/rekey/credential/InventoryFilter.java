package dev.rekey.credential;

import dev.rekey.access.SubjectFilter;
import dev.rekey.platform.query.Conditions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which credentials are wanted; every part that is null leaves all through.
 *
 * @param team whose granted subjects
 * @param statuses any of these, in their order; empty for all
 * @param expiresBefore ends before, by its upstream or by policy
 * @param notUsedSince was last used before or, where no use was seen, made before
 * @param q a part of its name, description, client id, upstream id or an id of its subject, in any
 *     case
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

  static final String SAYS_Q = "c.search_text like lower(:q)";

  /** The list's identity, for its cursors. */
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
    return subject != null && !subject.isPrefix();
  }

  /** {@link #q} as a pattern for LIKE. */
  static String like(String text) {
    return "%" + text.replaceAll("([\\\\%_])", "\\\\$1") + "%";
  }

  /** How the subjects of all that it wants begin. */
  String subjectStart() {
    return subject == null ? "" : subject.start();
  }

  /** Adds what it wants of {@code credential c}, but for team, upstream, status and {@code q}. */
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
