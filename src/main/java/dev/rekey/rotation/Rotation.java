package dev.rekey.rotation;

import dev.rekey.access.Permit;
import dev.rekey.upstream.Label;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamName;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One recorded wish for a new credential. */
@Entity
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
  @Version private @Nullable Integer version;

  @OneToMany(mappedBy = "rotation", cascade = CascadeType.PERSIST)
  @OrderBy("number")
  private List<Attempt> attempts = new ArrayList<>();

  /** For Hibernate, which fills every field from its not-null column. */
  @SuppressWarnings("NullAway.Init")
  protected Rotation() {}

  /** A wish with its first attempt, both pending. */
  Rotation(UUID id, Permit.Write permit, Label request, Instant at) {
    this.id = id;
    this.upstream = permit.subject().upstream().value();
    this.subject = permit.subject().name();
    this.name = request.name();
    this.state = MutationState.PENDING;
    this.actorId = permit.caller().id();
    this.actorClientId = permit.caller().clientId();
    this.actorTeam = permit.team();
    this.requestId = permit.caller().request().requestId();
    this.traceId = permit.caller().request().traceId();
    this.requestedAt = at;
    attempts.add(new Attempt(this, 1, at));
  }

  UUID id() {
    return id;
  }

  Subject subject() {
    return new Subject(new UpstreamName(upstream), subject);
  }

  boolean isPending() {
    return state == MutationState.PENDING;
  }

  @Nullable UUID credentialId() {
    return credentialId;
  }

  /**
   * Ends the wish and its attempt.
   *
   * @param credential what came of it; null unless it succeeded
   */
  void close(Outcome<?> outcome, @Nullable UUID credential, Instant at) {
    if (!isPending()) {
      throw new IllegalStateException("rotation " + id + " is " + state + " already");
    }
    state = outcome.state();
    reason = outcome.reason();
    credentialId = credential;
    closedAt = at;
    attempts.getLast().close(outcome, at);
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
