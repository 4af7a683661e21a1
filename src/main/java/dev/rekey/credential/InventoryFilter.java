package dev.rekey.credential;

import dev.rekey.access.SubjectFilter;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.Letters;
import dev.rekey.platform.query.TimeRange;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of a search. A part that is null, empty or unbounded does not restrict it.
 *
 * @param teams the teams whose granted subjects match
 * @param statuses the statuses that match, in the order of the enum
 * @param created the time of creation at the upstream; without a known one, of recording
 * @param expires the expiry, by the upstream or by policy
 * @param notUsedSince matches an earlier last use or, without any use, an earlier creation
 * @param overdue whether only overdue credentials match, or only others; null for both. A
 *     credential is overdue if it is ACTIVE or RETIRING although its expiry, by the upstream or by
 *     policy, is past
 * @param q a part of the name, description, client id, upstream id or an id of the subject; case
 *     and Unicode form are ignored
 * @param now the time of the search
 */
record InventoryFilter(
    List<String> upstreams,
    @Nullable SubjectFilter subject,
    List<String> teams,
    List<CredentialStatus> statuses,
    List<CredentialOrigin> origins,
    TimeRange created,
    TimeRange expires,
    @Nullable Instant notUsedSince,
    @Nullable Boolean overdue,
    RotationFilter rotation,
    @Nullable String q,
    Instant now) {

  // The operators use the same index.
  private static final String LIKE = "c.search_text like lower(:q)";
  private static final String MATCHES = "c.search_text ~ lower(:q)";

  /** Returns the identity of the search, for its cursors. */
  List<@Nullable Object> parts(InventoryOrder order) {
    return Arrays.asList(
        "credentials",
        upstreams,
        subject,
        teams,
        statuses,
        origins,
        created,
        expires,
        notUsedSince,
        overdue,
        rotation,
        q,
        order);
  }

  /** Returns the time of the search, which all of its pages share; null if it does not matter. */
  @Nullable Instant at(InventoryOrder order) {
    return overdue != null || needsSchedule(order) ? now : null;
  }

  /** Whether the next rotations have to be known. */
  boolean needsSchedule(InventoryOrder order) {
    return rotation.usesSchedule() || order.isByNextRotation();
  }

  /** Returns the same search at another time; null for the same. */
  InventoryFilter at(@Nullable Instant time) {
    return time == null
        ? this
        : new InventoryFilter(
            upstreams,
            subject,
            teams,
            statuses,
            origins,
            created,
            expires,
            notUsedSince,
            overdue,
            rotation,
            q,
            time);
  }

  boolean hasOnlyUpstreamAndStatus() {
    return subject == null
        && teams.isEmpty()
        && origins.isEmpty()
        && created.equals(TimeRange.UNBOUNDED)
        && expires.equals(TimeRange.UNBOUNDED)
        && notUsedSince == null
        && overdue == null
        && rotation.isEmpty()
        && q == null;
  }

  boolean isOfWholeSubjects() {
    return subject != null && subject.isWhole();
  }

  /** Returns prefixes of all subjects that match; an empty one without a restriction. */
  List<String> subjectPrefixes() {
    return subject == null ? List.of("") : subject.starts();
  }

  /** Returns the statuses that a match can have; empty if none can match. */
  List<CredentialStatus> possibleStatuses() {
    List<CredentialStatus> wanted =
        statuses.isEmpty() ? List.of(CredentialStatus.values()) : statuses;
    return Boolean.TRUE.equals(overdue)
        ? wanted.stream().filter(CredentialStatus::isLive).toList()
        : wanted;
  }

  /** Adds the condition on {@code credential c} that it has a text anywhere, however spelled. */
  static Conditions containing(String text, Conditions where) {
    String composed = Letters.composed(text);
    return Letters.areAscii(composed)
        ? where.and(LIKE, "q", "%" + composed.replaceAll("([\\\\%_])", "\\\\$1") + "%")
        : where.and(MATCHES, "q", regularExpression(composed));
  }

  private static String regularExpression(String text) {
    return Letters.letters(text)
        .map(
            letter ->
                Letters.areAscii(letter)
                    ? quoted(letter)
                    : Letters.spellings(letter)
                        .map(InventoryFilter::quoted)
                        .collect(Collectors.joining("|", "(?:", ")")))
        .collect(Collectors.joining());
  }

  // In a spelling, an ASCII character can be the letter before its accents.
  private static String quoted(String letter) {
    return letter.replaceAll("[\\x00-\\x7f&&\\W]", "\\\\$0");
  }

  /**
   * Adds the conditions on {@code credential c}, except team, upstream, status, creation and {@code
   * q}.
   */
  void addTo(Conditions where) {
    if (subject != null) {
      subject.addTo(where, "c.subject");
    }
    if (!origins.isEmpty()) {
      where.and(
          "c.origin = any (:origins)",
          "origins",
          origins.stream().map(CredentialOrigin::name).toArray(String[]::new));
    }
    if (expires.from() != null) {
      where.and("c.ends_at >= :expiresAfter", "expiresAfter", expires.from());
    }
    if (expires.to() != null) {
      where.and("c.ends_at < :expiresBefore", "expiresBefore", expires.to());
    }
    if (notUsedSince != null) {
      where.and("c.idle_since < :notUsedSince", "notUsedSince", notUsedSince);
    }
    if (overdue != null) {
      where.and(
          overdue
              ? "c.ends_at < :overdueAt"
              : "(c.ends_at is null or c.ends_at >= :overdueAt"
                  + " or c.status not in ('ACTIVE', 'RETIRING'))",
          "overdueAt",
          now);
    }
  }

  /**
   * Adds the conditions on the time of creation.
   *
   * @param form the condition on one bound, with {@code %1$s} for an operator and the bound
   */
  void addCreationTo(Conditions where, String form) {
    if (created.from() != null) {
      where.and(form.formatted(">= :createdAfter"), "createdAfter", created.from());
    }
    if (created.to() != null) {
      where.and(form.formatted("< :createdBefore"), "createdBefore", created.to());
    }
  }
}
