package dev.rekey.rotation;

import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;

interface RotationRepository extends JpaRepository<Rotation, UUID> {

  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("from Rotation r where r.id = :id")
  Optional<Rotation> lock(UUID id);

  @Query("from Rotation r left join fetch r.attempts where r.id = :id")
  Optional<Rotation> findWithAttempts(UUID id);

  /** The newest rotation by which the same principal wanted the same since a time. */
  @Query(
      "select r.id from Rotation r where r.actorId = :actor and r.subject = :subject"
          + " and r.name is not distinct from :name"
          + " and r.requestedAt > :since and r.state in :states order by r.requestedAt desc limit 1")
  Optional<UUID> findSame(
      String actor,
      String subject,
      @Nullable String name,
      Instant since,
      Collection<MutationState> states);
}
