package dev.rekey.rotation;

import java.util.UUID;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;
import org.springframework.data.repository.Repository;

interface RotationRepository
    extends Repository<Rotation, UUID>, JpaSpecificationExecutor<Rotation> {}
