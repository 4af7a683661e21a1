package dev.rekey.audit;

import dev.rekey.access.Visibility;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.Cursor;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which events are wanted; every part that is null leaves all through.
 *
 * @param from the earliest time, inclusive
 * @param to the latest time, exclusive
 * @param actor the actor's id
 * @param subject a subject's name, or the start of some, followed by {@code *}
 * @param q words, all of which have to occur; the start of each is enough
 */
public record AuditFilter(
    @Nullable Instant from,
    @Nullable Instant to,
    @Nullable AuditType type,
    @Nullable AuditOutcome outcome,
    @Nullable String actor,
    @Nullable String team,
    @Nullable String upstream,
    @Nullable String subject,
    @Nullable UUID credentialId,
    @Nullable UUID rotationId,
    @Nullable String q) {

  public static final AuditFilter NONE =
      new AuditFilter(null, null, null, null, null, null, null, null, null, null, null);

  private static final String ANY_REST = "*";

  /** Whether so little can match that no bound in time is needed. */
  boolean isNarrow() {
    return credentialId != null
        || rotationId != null
        || (subject != null && !subject.endsWith(ANY_REST));
  }

  /** What tells a search for it from every other list, as for {@link Cursor#encode}. */
  List<@Nullable Object> parts() {
    return Arrays.asList(
        "audit-events",
        from,
        to,
        type,
        outcome,
        actor,
        team,
        upstream,
        subject,
        credentialId,
        rotationId,
        q);
  }

  public AuditFilter between(@Nullable Instant start, @Nullable Instant end) {
    return new AuditFilter(
        start, end, type, outcome, actor, team, upstream, subject, credentialId, rotationId, q);
  }

  AuditFilter withoutWords() {
    return new AuditFilter(
        from, to, type, outcome, actor, team, upstream, subject, credentialId, rotationId, null);
  }

  /** Whether it wants the event. Cannot be told of a filter by {@code q}: words are SQL's alone. */
  public boolean matches(AuditEvent event) {
    if (q != null) {
      throw new IllegalStateException("words are not looked for here");
    }
    return (from == null || !event.occurredAt().isBefore(from))
        && (to == null || event.occurredAt().isBefore(to))
        && (type == null || event.type() == type)
        && (outcome == null || event.outcome() == outcome)
        && (actor == null || actor.equals(event.actor().id()))
        && (team == null || team.equals(event.actor().team()))
        && (upstream == null || upstream.equals(event.upstream()))
        && (subject == null || matches(subject, event.subject()))
        && (credentialId == null || credentialId.equals(event.credentialId()))
        && (rotationId == null || rotationId.equals(event.rotationId()));
  }

  private static boolean matches(String wanted, @Nullable String subject) {
    return subject != null
        && (wanted.endsWith(ANY_REST)
            ? subject.startsWith(wanted.substring(0, wanted.length() - 1))
            : subject.equals(wanted));
  }

  /**
   * The conditions of {@code audit_event e} for what it wants and a caller may see. Cannot be told
   * of a filter by {@code q}: words take a {@link WordSearch}.
   */
  public Conditions conditions(Visibility visibility) {
    var where = new Conditions();
    addTo(where);
    visibility.addTo(where, "e.subject", "visible");
    return where;
  }

  private void addTo(Conditions where) {
    if (q != null) {
      throw new IllegalStateException("words are not looked for here");
    }
    if (from != null) {
      where.and("e.occurred_at >= :from", "from", from);
    }
    if (to != null) {
      where.and("e.occurred_at < :to", "to", to);
    }
    if (type != null) {
      where.and("e.type = :type", "type", type.text());
    }
    if (outcome != null) {
      where.and("e.outcome = :outcome", "outcome", outcome.text());
    }
    if (actor != null) {
      where.and("e.actor_id = :actor", "actor", actor);
    }
    if (team != null) {
      where.and("e.actor_team = :team", "team", team);
    }
    if (upstream != null) {
      where.and("e.upstream = :upstream", "upstream", upstream);
    }
    if (subject != null && subject.endsWith(ANY_REST)) {
      String start = subject.substring(0, subject.length() - 1);
      where.and("e.subject like :subject", "subject", start.replace("_", "\\_") + "%");
    } else if (subject != null) {
      where.and("e.subject = :subject", "subject", subject);
    }
    if (credentialId != null) {
      where.and("e.credential_id = :credential", "credential", credentialId);
    }
    if (rotationId != null) {
      where.and("e.rotation_id = :rotation", "rotation", rotationId);
    }
  }
}
