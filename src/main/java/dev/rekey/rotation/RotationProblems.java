package dev.rekey.rotation;

import static java.util.stream.Collectors.joining;

import dev.rekey.delivery.DeliveryTarget;
import dev.rekey.platform.ApiPath;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.rotation.RotationStatus.Action;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.UpstreamName;
import dev.rekey.upstream.UpstreamProblems;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The problems of requests that lead to no secret, and of decisions that are not possible. */
final class RotationProblems {

  private RotationProblems() {}

  /** Adds the rotation's id to header and body. */
  static ProblemException of(ProblemException problem, UUID rotation) {
    return problem
        .member("rotationId", rotation)
        .header(NewCredential.ROTATION_ID, rotation.toString());
  }

  private static ProblemException at(ProblemException problem, UUID rotation) {
    return of(problem, rotation).location(new ApiPath("/api/v1/rotations/" + rotation));
  }

  static ProblemException repeatedMint(UUID earlier, MutationState state) {
    return at(
        ProblemType.REPEATED_MINT.with(
            "This may be a repetition of your earlier request, with the rotation in Location. "
                + switch (state) {
                  case SUCCEEDED ->
                      "That one made a credential. If its secret was lost, POST to /reissue of the"
                          + " rotation.";
                  case UNKNOWN ->
                      "It is not known whether that one made a credential. Wait until the rotation"
                          + " is settled, or let an admin resolve it.";
                  default -> "That one may have made a credential, which a later one replaced.";
                }
                + " To get another credential on purpose, send an Idempotency-Key."),
        earlier);
  }

  /** Another rotation of the target is open; null if it was closed in the meantime. */
  static ProblemException inProgress(@Nullable UUID earlier) {
    var problem =
        ProblemType.ROTATION_IN_PROGRESS.with(
            "Another rotation of the same credential is in progress. Read the one in Location. Send"
                + " the request again when that one is finished, if you still need a credential.");
    return earlier == null ? problem : at(problem, earlier);
  }

  static ProblemException stillOpen(UUID rotation) {
    return at(
        ProblemType.ROTATION_IN_PROGRESS.with(
            "The earlier request with this Idempotency-Key is still in progress. Read the rotation"
                + " in Location. Do not use another key."),
        rotation);
  }

  static ProblemException unresolved(UUID rotation, MutationState state) {
    return at(
        ProblemType.ROTATION_UNRESOLVED.with(
            switch (state) {
              case UNKNOWN ->
                  "It is not known whether the earlier request with this Idempotency-Key made a"
                      + " credential. Read the rotation in Location to see whether it is settled."
                      + " If you need a credential now, use another key.";
              default ->
                  "The earlier request with this Idempotency-Key is closed. If it had a secret, the"
                      + " secret is lost. To get a credential, use another key.";
            }),
        rotation);
  }

  static ProblemException keyReused(UUID rotation) {
    return at(
        ProblemType.IDEMPOTENCY_KEY_REUSED.with(
            "This Idempotency-Key belongs to another request, with the rotation in Location. Send"
                + " that request unchanged, or use another key."),
        rotation);
  }

  static ProblemException keyRequired() {
    return ProblemType.IDEMPOTENCY_KEY_REQUIRED.with(
        "Send an Idempotency-Key, such as a new UUID. Use the same key if you repeat the request."
            + " Nothing was done.");
  }

  static ProblemException secretNotReplayable(UUID rotation, @Nullable UUID credential) {
    var problem =
        at(
            ProblemType.SECRET_NOT_REPLAYABLE.with(
                "The earlier request with this Idempotency-Key succeeded. Rekey showed the secret"
                    + " once and has not kept it. If the secret was lost, POST to /reissue of the"
                    + " rotation in Location. To get an additional credential, use another key."),
            rotation);
    return credential == null
        ? problem
        : problem
            .member("credentialId", credential)
            .member("credential", new ApiPath("/api/v1/credentials/" + credential))
            .member("reissue", new ApiPath("/api/v1/rotations/" + rotation + "/reissue"))
            .header(NewCredential.CREDENTIAL_ID, credential.toString());
  }

  static ProblemException wrongState(RotationStatus status, String reason) {
    Set<Action> possible = status.possible();
    return at(
        ProblemType.WRONG_STATE
            .with(
                reason
                    + (possible.isEmpty()
                        ? " Nothing else is possible with this rotation."
                        : " Possible: "
                            + possible.stream().map(Action::toString).collect(joining(", "))
                            + "."))
            .member("possible", List.copyOf(possible)),
        status.rotation());
  }

  static ProblemException inUse(Instant lastUsedAt) {
    return ProblemType.CREDENTIAL_IN_USE
        .with(
            "The credential that would be removed was used. Make sure that it is not needed, then"
                + " send force: true.")
        .member("lastUsedAt", lastUsedAt);
  }

  static ProblemException unknown(UpstreamName upstream, UUID rotation, String why) {
    return at(
        ProblemType.ROTATION_OUTCOME_UNKNOWN.with(
            "Rekey requested a credential from "
                + upstream
                + ", but "
                + why
                + ". The credential may exist, and nobody has its secret. Read the rotation in"
                + " Location to see whether it is settled. To get another credential, send the"
                + " request with a new Idempotency-Key."),
        rotation);
  }

  /** The secret could not have been delivered, so nothing was minted. */
  static ProblemException deliveryNotPossible(UUID rotation, String why) {
    return of(
        ProblemType.DELIVERY_NOT_POSSIBLE.with(
            why + " Nothing was minted. Repeat the request when that is mended."),
        rotation);
  }

  /** Another secret is on its way to the target. */
  static ProblemException deliveryInProgress(DeliveryTarget target, UUID other) {
    return at(
        ProblemType.DELIVERY_IN_PROGRESS.with(
            "The secret of another rotation is not delivered to %s yet. Read the one in Location. Send"
                    .formatted(target.name())
                + " the request again when its secret is delivered, if you still need another one."),
        other);
  }

  /** The description of a new credential could not be completed, and the credential was removed. */
  static ProblemException incomplete(UpstreamName upstream, UUID rotation, Reply<?> failed) {
    return of(
        switch (failed) {
          // The caller is not at fault for other refusals.
          case Reply.ErrorStatus<?> error when error.status() == 400 || error.status() == 422 ->
              UpstreamProblems.refusal(
                  upstream, error.status(), error.message(), error.retryAfter());
          default ->
              ProblemType.UPSTREAM_UNAVAILABLE.with(
                  upstream
                      + " made a credential, but did not take its whole description, so Rekey"
                      + " removed the credential. Repeat the request later.");
        },
        rotation);
  }

  static ProblemException compensated(UpstreamName upstream, UUID rotation) {
    return of(
        ProblemType.RECORD_UNAVAILABLE.with(
            upstream
                + " made a credential, but Rekey could not record it and removed it. Repeat the"
                + " request later."),
        rotation);
  }
}
