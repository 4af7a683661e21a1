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
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.jpa.repository.QueryHints;

interface CredentialRepository extends JpaRepository<Credential, UUID> {

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

  /** Makes sure of a row, whoever else does so at the same time; 1 if it was not there. */
  @Modifying
  @NativeQuery(
      """
      insert into credential (
        id, upstream, subject, upstream_id, status, origin, recorded_at, observed_at, version)
      values (:id, :upstream, :subject, :upstreamId, 'ACTIVE', 'DISCOVERED', :at, :at, 0)
      on conflict (upstream, subject, upstream_id) do nothing
      """)
  int ensure(UUID id, String upstream, String subject, String upstreamId, Instant at);

  List<Credential> findBySubjectAndStatusInOrderByCreatedAtDesc(
      String subject, Collection<CredentialStatus> status, Limit limit);

  /** Whether all that a subject had has been seen before. */
  @NativeQuery(
      """
      select exists (select from watched
        where upstream = :upstream and name = :subject and watched_since is not null)
      """)
  boolean isWatched(String upstream, String subject);

  /** Those of a subject that are thought to be at its upstream, and those of these ids. */
  default List<Credential> findAround(
      Subject subject, Collection<CredentialStatus> status, Collection<PathId> ids) {
    return findAround(
        subject.upstream().value(),
        subject.name(),
        status.stream().map(CredentialStatus::name).toArray(String[]::new),
        ids.stream().map(PathId::value).toArray(String[]::new));
  }

  // A list of parameters has no place for as many ids as a subject may have; an array has.
  @NativeQuery(
      """
      select * from credential where upstream = :upstream and subject = :subject
        and (status = any(:status) or upstream_id = any(:ids))
      """)
  List<Credential> findAround(String upstream, String subject, String[] status, String[] ids);

  /** The newest of a subject that Rekey made. */
  Optional<Credential> findFirstByUpstreamAndSubjectAndOriginOrderByRecordedAtDesc(
      String upstream, String subject, CredentialOrigin origin);

  /** Those whose end is to be told by then, save those that somebody else is at. */
  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @QueryHints(@QueryHint(name = "jakarta.persistence.lock.timeout", value = SKIP_LOCKED))
  @Query("from Credential c where c.status = ACTIVE and c.tellAt <= :by order by c.tellAt")
  List<Credential> lockToTell(Instant by, Limit limit);

  /** Those of these ids, save those that somebody else is at. */
  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @QueryHints(@QueryHint(name = "jakarta.persistence.lock.timeout", value = SKIP_LOCKED))
  @Query("from Credential c where c.id in :ids")
  List<Credential> lockFree(Collection<UUID> ids);
}
