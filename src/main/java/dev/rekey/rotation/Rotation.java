package dev.rekey.rotation;

import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamName;
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

  @OneToMany(mappedBy = "rotation")
  @OrderBy("number")
  private List<Attempt> attempts = new ArrayList<>();

  /** For Hibernate, which fills every field from its not-null column. */
  @SuppressWarnings("NullAway.Init")
  protected Rotation() {}

  UUID id() {
    return id;
  }

  Subject subject() {
    return new Subject(new UpstreamName(upstream), subject);
  }

  RotationView view() {
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
        attempts.stream().map(Attempt::view).toList());
  }
}
