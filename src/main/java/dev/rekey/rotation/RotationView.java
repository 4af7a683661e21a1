package dev.rekey.rotation;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rekey.platform.query.Cursor;
import dev.rekey.rotation.RotationStatus.Action;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A rotation in the API. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record RotationView(
    UUID id,
    String upstream,
    String subject,
    @Nullable String name,
    MutationState state,
    @Nullable String reason,
    Requester requestedBy,
    @Nullable String requestId,
    @Nullable String traceId,
    Instant requestedAt,
    @Nullable Instant closedAt,
    @Nullable UUID credentialId,
    @Nullable Instant deliveredAt,
    @Nullable UUID replaces,
    @Nullable UUID reissueOf,
    @Nullable UUID reissuedAs,
    @Nullable Integer graceSeconds,
    boolean confirmOnFirstUse,
    @Nullable Instant confirmedAt,
    @Nullable Instant revertedAt,
    @Nullable Instant unconfirmedAt,
    @Nullable Delivery delivery,
    List<Retirement> retirements,
    List<Action> possible,
    List<Need> needs,
    List<Attempt> attempts) {

  /** The position of the rotation in the order of time. */
  Cursor cursor() {
    return new Cursor(requestedAt, id);
  }

  /** The caller that requested a rotation. */
  public record Requester(String id, @Nullable String clientId, @Nullable String team) {}

  /** A credential that is to be retired because of a rotation. */
  public record Retirement(
      UUID credentialId,
      Instant dueAt,
      @Nullable Instant doneAt,
      int tries,
      @Nullable String lastFailure) {}

  /**
   * The delivery of its secret to a target.
   *
   * @param alsoToCaller whether the caller gets the secret, too
   * @param mints how many credentials were minted for it, or tried to be minted
   */
  public record Delivery(
      String target,
      String place,
      boolean alsoToCaller,
      DeliveryState state,
      int mints,
      @Nullable Instant deliveredAt,
      @Nullable Instant restartedAt,
      @Nullable String lastFailure) {}

  /** One mint call, which is sent at most once. */
  public record Attempt(
      UUID id,
      int number,
      MutationState state,
      @Nullable String reason,
      @Nullable Integer upstreamStatus,
      Instant startedAt,
      @Nullable Instant closedAt) {}
}
