package dev.rekey.credential;

import dev.rekey.platform.PathId;
import dev.rekey.upstream.Subject;
import jakarta.persistence.LockModeType;
import jakarta.persistence.QueryHint;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.jpa.repository.QueryHints;

interface CredentialRepository extends JpaRepository<Credential, UUID> {

  /** The lock timeout for which Hibernate writes {@code skip locked}. */
  String SKIP_LOCKED = "-2";

  Optional<Credential> findByUpstreamAndSubjectAndUpstreamId(
      String upstream, String subject, String upstreamId);

  default Optional<Credential> find(Subject subject, PathId upstreamId) {
    return findByUpstreamAndSubjectAndUpstreamId(
        subject.upstream().value(), subject.name(), upstreamId.value());
  }

  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query(
      "from Credential c where c.upstream = :upstream and c.subject = :subject"
          + " and c.upstreamId = :upstreamId")
  Optional<Credential> lock(String upstream, String subject, String upstreamId);

  default Optional<Credential> lock(Subject subject, PathId upstreamId) {
    return lock(subject.upstream().value(), subject.name(), upstreamId.value());
  }

  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("from Credential c where c.id = :id")
  Optional<Credential> lock(UUID id);

  /** Inserts a new row; returns false if the credential has one already. Safe under concurrency. */
  default boolean insertIfAbsent(Credential fresh) {
    return insertIfAbsent(
            fresh.id(),
            fresh.subject().upstream().value(),
            fresh.subject().name(),
            fresh.upstreamId().value(),
            fresh.facts(),
            fresh.status(),
            fresh.origin(),
            fresh.policyExpiresAt(),
            fresh.recordedAt(),
            fresh.observedAt(),
            fresh.rotationId(),
            fresh.expiryNotice(),
            fresh.plannedBy())
        == 1;
  }

  @Modifying
  @Query(
      """
      insert into Credential (
        id, upstream, subject, upstreamId, facts, status, origin, policyExpiresAt, recordedAt,
        observedAt, rotationId, expiryNotice, plannedBy, version)
      values (
        :id, :upstream, :subject, :upstreamId, :facts, :status, :origin, :policyExpiresAt,
        :recordedAt, :observedAt, :rotationId, :expiryNotice, :plannedBy, 0)
      on conflict (upstream, subject, upstreamId) do nothing
      """)
  int insertIfAbsent(
      UUID id,
      String upstream,
      String subject,
      String upstreamId,
      CredentialFacts facts,
      CredentialStatus status,
      CredentialOrigin origin,
      @Nullable Instant policyExpiresAt,
      Instant recordedAt,
      Instant observedAt,
      @Nullable UUID rotationId,
      ExpiryNotice expiryNotice,
      @Nullable UUID plannedBy);

  /** Finds live credentials of a subject, newest first by the upstream's time of creation. */
  default List<Credential> findLive(Subject subject, int limit) {
    return findNewest(subject.name(), CredentialStatus.LIVE, Limit.of(limit));
  }

  @Query(
      "from Credential c where c.subject = :subject and c.status in :status"
          + " order by coalesce(c.facts.createdAt, c.recordedAt) desc")
  List<Credential> findNewest(String subject, Collection<CredentialStatus> status, Limit limit);

  /** Finds a subject's credentials that have one of the statuses or one of the ids. */
  default List<Credential> findByStatusOrId(
      Subject subject, Collection<CredentialStatus> status, Collection<PathId> ids) {
    return findByStatusOrId(
        subject.upstream().value(),
        subject.name(),
        status.stream().map(CredentialStatus::name).toArray(String[]::new),
        ids.stream().map(PathId::value).toArray(String[]::new));
  }

  // Arrays, because a statement cannot have as many parameters as a subject may have credentials.
  @NativeQuery(
      """
      select * from credential where upstream = :upstream and subject = :subject
        and (status = any(:status) or upstream_id = any(:ids))
      """)
  List<Credential> findByStatusOrId(String upstream, String subject, String[] status, String[] ids);

  Optional<Credential> findFirstByUpstreamAndSubjectAndOriginOrderByRecordedAtDesc(
      String upstream, String subject, CredentialOrigin origin);

  List<Credential> findByRotationIdAndStatus(UUID rotationId, CredentialStatus status);

  /** Finds the most recently recorded credential of a subject that Rekey minted. */
  default Optional<Credential> findNewestMinted(Subject subject) {
    return findFirstByUpstreamAndSubjectAndOriginOrderByRecordedAtDesc(
        subject.upstream().value(), subject.name(), CredentialOrigin.MINTED);
  }

  /** Locks credentials whose expiry notification is due, and skips locked rows. */
  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @QueryHints(@QueryHint(name = "jakarta.persistence.lock.timeout", value = SKIP_LOCKED))
  @Query(
      "from Credential c where c.status = ACTIVE and c.expiryNotice.notifyAt <= :by"
          + " order by c.expiryNotice.notifyAt")
  List<Credential> lockToNotify(Instant by, Limit limit);

  /** Locks the rows with these ids, and skips locked rows. */
  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @QueryHints(@QueryHint(name = "jakarta.persistence.lock.timeout", value = SKIP_LOCKED))
  @Query("from Credential c where c.id in :ids")
  List<Credential> lockUnlocked(Collection<UUID> ids);

  /** Takes an advisory lock until the transaction ends; returns false if it is taken already. */
  @NativeQuery("select pg_try_advisory_xact_lock(:lock)")
  boolean tryLock(long lock);
}
