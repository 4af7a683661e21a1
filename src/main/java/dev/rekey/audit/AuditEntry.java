package dev.rekey.audit;

import dev.rekey.access.Caller;
import dev.rekey.access.Permit;
import dev.rekey.audit.AuditEvent.Actor;
import dev.rekey.audit.AuditEvent.ActorKind;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditEvent.Source;
import dev.rekey.platform.PathId;
import dev.rekey.platform.RequestInfo;
import dev.rekey.upstream.Subject;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event before it is appended: without an id and a time. Immutable.
 *
 * @param backfilledFrom the time of the event if it is appended later because the database was
 *     down; null if it is appended when it happens
 */
public record AuditEntry(
    AuditType type,
    Origin origin,
    About about,
    Result result,
    List<Change> changes,
    @Nullable Instant backfilledFrom) {

  private static final int MAX_REASON = 500;
  private static final int SCHEMA_VERSION = 1;

  private static final Origin REKEY =
      new Origin(new Actor("rekey", null, null, ActorKind.system), null);

  /** The cause of an event; {@code request} is null if that is Rekey. */
  public record Origin(Actor actor, @Nullable RequestInfo request) {

    private static Origin of(Caller caller, @Nullable String team) {
      return new Origin(
          new Actor(caller.id(), caller.clientId(), team, kind(caller)), caller.request());
    }

    private static ActorKind kind(Caller caller) {
      return switch (caller.kind()) {
        case PERSON -> ActorKind.person;
        case PROGRAM -> ActorKind.caller;
      };
    }
  }

  /**
   * The things that an event is about; each is null if it is unknown or does not apply.
   *
   * @param upstreamId the credential's id at its upstream
   * @param credentialId the credential's id in the inventory
   */
  record About(
      @Nullable Subject subject,
      @Nullable PathId upstreamId,
      @Nullable UUID credentialId,
      @Nullable UUID rotationId) {}

  /** How a change or a request finished; both are null for an event that only announces one. */
  record Result(@Nullable AuditOutcome outcome, @Nullable String reason) {}

  /** A permitted caller's change of the permitted subject. */
  public static AuditEntry of(AuditType type, Permit.Write permit) {
    return of(type, Origin.of(permit.caller(), permit.team()), permit.subject());
  }

  /** An admin's decision on the permitted subject. */
  public static AuditEntry of(AuditType type, Permit.Administer permit) {
    return of(type, Origin.of(permit.caller(), null), permit.subject());
  }

  /** An event of a subject that no caller requested. */
  public static AuditEntry ofRekey(AuditType type, Subject subject) {
    return of(type, REKEY, subject);
  }

  /** An event of a subject that a policy caused. */
  public static AuditEntry ofPolicy(AuditType type, Subject subject, String actor) {
    return of(type, new Origin(new Actor(actor, null, null, ActorKind.system), null), subject);
  }

  /** An admin's decision about the rotations of all policies. */
  public static AuditEntry ofAdmin(AuditType type, Caller caller) {
    return of(type, Origin.of(caller, null), null);
  }

  static AuditEntry ofRekey(AuditType type) {
    return of(type, REKEY, null);
  }

  public static AuditEntry exported(Caller caller, List<Change> parameters) {
    return of(AuditType.AUDIT_EXPORTED, Origin.of(caller, null), null).changes(parameters);
  }

  /** An admin's request to send a webhook again. */
  public static AuditEntry redelivered(Caller caller, List<Change> changes) {
    return of(AuditType.WEBHOOK_REDELIVERED, Origin.of(caller, null), null).changes(changes);
  }

  static AuditEntry denial(Caller caller, @Nullable Subject subject, String reason) {
    String team = caller.teams().isEmpty() ? null : caller.teams().getFirst();
    return of(AuditType.ACCESS_DENIED, Origin.of(caller, team), subject)
        .result(AuditOutcome.DENIED, reason);
  }

  /** How often a denial was repeated; {@code subject} is null if they had several, or none. */
  static AuditEntry repeats(Caller caller, @Nullable Subject subject, int count) {
    return denial(
            caller, subject, caller.route() + ": denied " + count + " more times within a minute")
        .changes(List.of(new Change("repeats", null, Integer.toString(count))));
  }

  private static AuditEntry of(AuditType type, Origin origin, @Nullable Subject subject) {
    var about = new About(subject, null, null, null);
    return new AuditEntry(type, origin, about, new Result(null, null), List.of(), null);
  }

  public AuditEntry result(@Nullable AuditOutcome outcome, @Nullable String reason) {
    return new AuditEntry(
        type, origin, about, new Result(outcome, reason), changes, backfilledFrom);
  }

  /** Adds the credential; each id is null if it is unknown. */
  public AuditEntry credential(@Nullable PathId upstreamId, @Nullable UUID credentialId) {
    return about(new About(about.subject(), upstreamId, credentialId, about.rotationId()));
  }

  public AuditEntry rotation(UUID id) {
    return about(new About(about.subject(), about.upstreamId(), about.credentialId(), id));
  }

  private AuditEntry about(About other) {
    return new AuditEntry(type, origin, other, result, changes, backfilledFrom);
  }

  public AuditEntry changes(List<Change> all) {
    return new AuditEntry(type, origin, about, result, all, backfilledFrom);
  }

  /** Marks the entry as appended later than it happened; null for not. */
  public AuditEntry backfilled(@Nullable Instant from) {
    return new AuditEntry(type, origin, about, result, changes, from);
  }

  /** The event of this entry; {@code now} is its time, unless it is backfilled. */
  AuditEvent event(UUID id, Instant now) {
    Subject subject = about.subject();
    RequestInfo request = origin.request();
    return new AuditEvent(
        id,
        null,
        type,
        backfilledFrom == null ? now : backfilledFrom,
        result.outcome(),
        cut(result.reason()),
        origin.actor(),
        subject == null ? null : subject.upstream().value(),
        subject == null ? null : subject.name(),
        about.upstreamId() == null ? null : about.upstreamId().value(),
        about.credentialId(),
        about.rotationId(),
        request == null ? null : request.requestId(),
        request == null ? null : request.traceId(),
        request == null ? null : new Source(request.ip(), request.userAgent()),
        changes,
        backfilledFrom != null,
        SCHEMA_VERSION,
        null);
  }

  private static @Nullable String cut(@Nullable String reason) {
    return reason == null || reason.length() <= MAX_REASON
        ? reason
        : reason.substring(0, MAX_REASON);
  }
}
