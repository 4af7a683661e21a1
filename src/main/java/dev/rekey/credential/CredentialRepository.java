package dev.rekey.credential;

import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;

interface CredentialRepository
    extends JpaRepository<Credential, UUID>, JpaSpecificationExecutor<Credential> {

  Optional<Credential> findByUpstreamAndSubjectAndUpstreamId(
      String upstream, String subject, String upstreamId);

  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query(
      "from Credential c where c.upstream = :upstream and c.subject = :subject"
          + " and c.upstreamId = :upstreamId")
  Optional<Credential> lock(String upstream, String subject, String upstreamId);

  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("from Credential c where c.id = :id")
  Optional<Credential> lock(UUID id);

  /** Makes sure of a row, whoever else does so at the same time. */
  @Modifying
  @NativeQuery(
      """
      insert into credential (
        id, upstream, subject, upstream_id, status, origin, recorded_at, observed_at, version)
      values (:id, :upstream, :subject, :upstreamId, 'ACTIVE', 'DISCOVERED', :at, :at, 0)
      on conflict (upstream, subject, upstream_id) do nothing
      """)
  void ensure(UUID id, String upstream, String subject, String upstreamId, Instant at);

  List<Credential> findBySubjectAndStatusInOrderByCreatedAtDesc(
      String subject, Collection<CredentialStatus> status, Limit limit);
}
