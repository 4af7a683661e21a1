package dev.rekey.credential;

import dev.rekey.access.SubjectFilter;
import dev.rekey.platform.query.Conditions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
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

  static final String MATCHES_Q = "c.search_text like lower(:q)";

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

  /** Returns a pattern of {@code like} that finds a text anywhere. */
  static String like(String text) {
    return "%" + text.replaceAll("([\\\\%_])", "\\\\$1") + "%";
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
