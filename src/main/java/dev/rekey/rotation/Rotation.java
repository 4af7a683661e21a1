package dev.rekey.rotation;

import dev.rekey.platform.query.Cursor;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.BatchSize;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** One recorded wish for a new credential, as it is read. {@link RotationLedger} writes it. */
@Entity
@Immutable
class Rotation {

  @Id private UUID id;
  private String upstream;
  private String subject;
  private @Nullable String name;

  @Enumerated(EnumType.STRING)
  private MutationState state;

  private @Nullable String reason;
  private String actorId;
  private @Nullable String actorClientId;
  private @Nullable String actorTeam;
  private String requestId;
  private @Nullable String traceId;
  private Instant requestedAt;
  private @Nullable Instant closedAt;
  private @Nullable UUID credentialId;
  private @Nullable Instant deliveredAt;
  private @Nullable UUID replaces;
  private @Nullable UUID reissueOf;
  private @Nullable Integer graceSeconds;
  private boolean confirmOnFirstUse;
  private @Nullable Instant confirmedAt;
  private @Nullable Instant revertedAt;
  private @Nullable Instant unconfirmedAt;

  @OneToMany(mappedBy = "rotation")
  @OrderBy("number")
  @BatchSize(size = 100)
  private List<Attempt> attempts = new ArrayList<>();

  /** For Hibernate, which fills every field from its not-null column. */
  @SuppressWarnings("NullAway.Init")
  protected Rotation() {}

  UUID id() {
    return id;
  }

  Cursor place() {
    return new Cursor(requestedAt, id);
  }

  RotationView view(RotationStatus standing, List<RotationView.Retirement> retirements) {
    return new RotationView(
        id,
        upstream,
        subject,
        name,
        state,
        reason,
        new RotationView.Requester(actorId, actorClientId, actorTeam),
        requestId,
        traceId,
        requestedAt,
        closedAt,
        credentialId,
        deliveredAt,
        replaces,
        reissueOf,
        standing.reissuedAs(),
        graceSeconds,
        confirmOnFirstUse,
        confirmedAt,
        revertedAt,
        unconfirmedAt,
        retirements,
        List.copyOf(standing.possible()),
        attempts.stream().map(Attempt::view).toList());
  }
}
