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
 * An event about to be appended, which does not know its id and time yet. Immutable.
 *
 * @param actor who did it
 * @param request null where Rekey acted by itself
 * @param backfilledFrom when it happened, if it is written after the fact because the database was
 *     away; null if it is written as it happens
 */
public record AuditEntry(
    AuditType type,
    Actor actor,
    @Nullable RequestInfo request,
    @Nullable AuditOutcome outcome,
    @Nullable String reason,
    @Nullable Subject subject,
    @Nullable PathId upstreamId,
    @Nullable UUID credentialId,
    @Nullable UUID rotationId,
    List<Change> changes,
    @Nullable Instant backfilledFrom) {

  private static final int MAX_REASON = 500;
  private static final int SCHEMA_VERSION = 1;

  private static final Actor REKEY = new Actor("rekey", null, null, ActorKind.system);

  /** What a permitted caller did to the permitted subject. */
  public static AuditEntry of(AuditType type, Permit.Write permit) {
    return bare(
        type, actor(permit.caller(), permit.team()), permit.caller().request(), permit.subject());
  }

  /** What an admin closed. */
  public static AuditEntry of(AuditType type, Permit.Administer permit) {
    return bare(type, actor(permit.caller(), null), permit.caller().request(), permit.subject());
  }

  /** What Rekey did by itself about a subject. */
  public static AuditEntry ofRekey(AuditType type, Subject subject) {
    return bare(type, REKEY, null, subject);
  }

  /** What Rekey did by itself about the history. */
  static AuditEntry ofRekey(AuditType type) {
    return bare(type, REKEY, null, null);
  }

  public static AuditEntry exported(Caller caller, List<Change> what) {
    return bare(AuditType.AUDIT_EXPORTED, actor(caller, null), caller.request(), null)
        .changes(what);
  }

  /** What an admin wanted to be sent again. */
  public static AuditEntry redelivered(Caller caller, List<Change> what) {
    return bare(AuditType.WEBHOOK_REDELIVERED, actor(caller, null), caller.request(), null)
        .changes(what);
  }

  static AuditEntry denial(Caller caller, @Nullable Subject subject, String reason) {
    return bare(
            AuditType.ACCESS_DENIED,
            actor(caller, caller.teams().isEmpty() ? null : caller.teams().getFirst()),
            caller.request(),
            subject)
        .ended(AuditOutcome.DENIED, reason);
  }

  /**
   * How often a denial was repeated.
   *
   * @param subject the one that all of them were about; null if there were several, or none
   */
  static AuditEntry repeats(Caller caller, @Nullable Subject subject, int count) {
    return denial(
            caller, subject, caller.route() + ": denied " + count + " more times within a minute")
        .changes(List.of(new Change("repeats", null, Integer.toString(count))));
  }

  private static AuditEntry bare(
      AuditType type, Actor actor, @Nullable RequestInfo request, @Nullable Subject subject) {
    return new AuditEntry(
        type, actor, request, null, null, subject, null, null, null, List.of(), null);
  }

  private static Actor actor(Caller caller, @Nullable String team) {
    return new Actor(caller.id(), caller.clientId(), team, ActorKind.caller);
  }

  /** How it ended, and why. */
  public AuditEntry ended(@Nullable AuditOutcome how, @Nullable String why) {
    return new AuditEntry(
        type,
        actor,
        request,
        how,
        why,
        subject,
        upstreamId,
        credentialId,
        rotationId,
        changes,
        backfilledFrom);
  }

  /** Which credential it was about; either id may not be known. */
  public AuditEntry credential(@Nullable PathId atUpstream, @Nullable UUID inInventory) {
    return new AuditEntry(
        type,
        actor,
        request,
        outcome,
        reason,
        subject,
        atUpstream,
        inInventory,
        rotationId,
        changes,
        backfilledFrom);
  }

  public AuditEntry rotation(UUID id) {
    return new AuditEntry(
        type,
        actor,
        request,
        outcome,
        reason,
        subject,
        upstreamId,
        credentialId,
        id,
        changes,
        backfilledFrom);
  }

  public AuditEntry changes(List<Change> what) {
    return new AuditEntry(
        type,
        actor,
        request,
        outcome,
        reason,
        subject,
        upstreamId,
        credentialId,
        rotationId,
        what,
        backfilledFrom);
  }

  /** The same, marked as written after the fact if there is a time at which it happened. */
  public AuditEntry backfilled(@Nullable Instant from) {
    return new AuditEntry(
        type,
        actor,
        request,
        outcome,
        reason,
        subject,
        upstreamId,
        credentialId,
        rotationId,
        changes,
        from);
  }

  /** The event that it becomes, if it is written as it happens at this time. */
  AuditEvent event(UUID id, Instant now) {
    return new AuditEvent(
        id,
        null,
        type,
        backfilledFrom == null ? now : backfilledFrom,
        outcome,
        reason == null || reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON),
        actor,
        subject == null ? null : subject.upstream().value(),
        subject == null ? null : subject.name(),
        upstreamId == null ? null : upstreamId.value(),
        credentialId,
        rotationId,
        request == null ? null : request.requestId(),
        request == null ? null : request.traceId(),
        request == null ? null : new Source(request.ip(), request.userAgent()),
        changes,
        backfilledFrom != null,
        SCHEMA_VERSION);
  }
}
