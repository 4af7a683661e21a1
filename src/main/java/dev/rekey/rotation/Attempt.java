package dev.rekey.rotation;

import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** One mint call, which is sent at most once. */
@Entity
@Immutable
@Table(name = "rotation_attempt")
class Attempt {

  @Id private UUID id;

  @ManyToOne(fetch = FetchType.LAZY)
  @JoinColumn(name = "rotation_id")
  @SuppressWarnings("UnusedVariable") // the foreign key, which Hibernate alone reads
  private Rotation rotation;

  private int number;

  @Enumerated(EnumType.STRING)
  private MutationState state;

  private @Nullable String reason;
  private @Nullable Integer upstreamStatus;
  private Instant startedAt;
  private @Nullable Instant closedAt;

  /** For Hibernate, which fills every field from its not-null column. */
  @SuppressWarnings("NullAway.Init")
  protected Attempt() {}

  RotationView.AttemptView view() {
    return new RotationView.AttemptView(
        id, number, state, reason, upstreamStatus, startedAt, closedAt);
  }
}
