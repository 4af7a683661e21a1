package dev.rekey.rotation;

import jakarta.persistence.LockModeType;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;

interface CredentialChangeRepository extends JpaRepository<CredentialChange, UUID> {

  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("from CredentialChange c where c.id = :id")
  Optional<CredentialChange> lock(UUID id);
}
