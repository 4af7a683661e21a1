package dev.rekey.rotation;

import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface RotationRepository extends Repository<Rotation, UUID> {

  @Query("from Rotation r left join fetch r.attempts where r.id = :id")
  Optional<Rotation> findWithAttempts(UUID id);
}
