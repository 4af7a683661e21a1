package dev.rekey.rotation;

import static java.util.stream.Collectors.joining;

import dev.rekey.platform.problem.Problem;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.web.RekeyHeaders;
import dev.rekey.upstream.UpstreamName;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** What callers are told of a rotation that gives them no secret. */
final class RotationProblems {

  private RotationProblems() {}

  /** Points at a rotation in header and body. */
  static Problem of(Problem problem, UUID rotation) {
    return problem
        .member("rotationId", rotation)
        .header(RekeyHeaders.ROTATION_ID, rotation.toString());
  }

  private static Problem at(Problem problem, UUID rotation) {
    return of(problem, rotation).header(HttpHeaders.LOCATION, "/api/v1/rotations/" + rotation);
  }

  static Problem repeatedMint(UUID earlier) {
    return at(
        ProblemType.REPEATED_MINT.with(
            "Your client repeated by itself a request that may have made a credential. Read the"
                + " rotation in Location before you ask for another one."),
        earlier);
  }

  /**
   * Somebody else's rotation of the same target.
   *
   * @param earlier null if it ended while this request looked
   */
  static Problem inProgress(@Nullable UUID earlier) {
    var problem =
        ProblemType.ROTATION_IN_PROGRESS.with(
            "Another rotation of the same credential is under way. Read the one in Location, and"
                + " ask again once it has ended if you still need another credential.");
    return earlier == null ? problem : at(problem, earlier);
  }

  static Problem stillOpen(UUID rotation) {
    return at(
        ProblemType.ROTATION_IN_PROGRESS.with(
            "The request that you sent under this Idempotency-Key is still under way. Read the"
                + " rotation in Location; do not use another key."),
        rotation);
  }

  static Problem unresolved(UUID rotation, MutationState state) {
    return at(
        ProblemType.ROTATION_UNRESOLVED.with(
            switch (state) {
              case UNKNOWN ->
                  "It is not known whether the request that you sent under this Idempotency-Key made"
                      + " a credential. Read the rotation in Location to see whether that has been"
                      + " settled. If you need a credential now, ask under another key.";
              default ->
                  "The request that you sent under this Idempotency-Key is closed, and its secret,"
                      + " if there was one, is gone. Ask for a credential under another key.";
            }),
        rotation);
  }

  static Problem keyReused(UUID rotation) {
    return at(
        ProblemType.IDEMPOTENCY_KEY_REUSED.with(
            "You used this Idempotency-Key for another request, the rotation in Location. Send"
                + " that request as it was, or use another key."),
        rotation);
  }

  static Problem keyRequired() {
    return ProblemType.IDEMPOTENCY_KEY_REQUIRED.with(
        "Send an Idempotency-Key, such as a new UUID, and the same one if you repeat this request."
            + " Nothing was done.");
  }

  static Problem secretNotReplayable(UUID rotation, @Nullable UUID credential) {
    var problem =
        at(
            ProblemType.SECRET_NOT_REPLAYABLE.with(
                "The request that you sent under this Idempotency-Key succeeded, and its secret was"
                    + " shown once; Rekey keeps none. If it was lost, POST to /reissue of the"
                    + " rotation in Location; for one more credential, use another key."),
            rotation);
    return credential == null
        ? problem
        : problem
            .member("credentialId", credential)
            .member("credential", "/api/v1/credentials/" + credential)
            .member("reissue", "/api/v1/rotations/" + rotation + "/reissue")
            .header(RekeyHeaders.CREDENTIAL_ID, credential.toString());
  }

  static Problem wrongState(RotationStatus standing, String obstacle) {
    Set<Action> possible = standing.possible();
    return at(
        ProblemType.WRONG_STATE
            .with(
                obstacle
                    + (possible.isEmpty()
                        ? " Nothing else can be done with this rotation."
                        : " Possible is: "
                            + possible.stream().map(Action::toString).collect(joining(", "))
                            + "."))
            .member("possible", List.copyOf(possible)),
        standing.rotation());
  }

  static Problem inUse(Instant lastUsedAt) {
    return ProblemType.CREDENTIAL_IN_USE
        .with(
            "The credential that would be ended was used. Make sure that nobody needs it, then send"
                + " force: true.")
        .member("lastUsedAt", lastUsedAt);
  }

  static Problem unknown(UpstreamName upstream, UUID rotation, String why) {
    return at(
        ProblemType.ROTATION_OUTCOME_UNKNOWN.with(
            "Rekey asked "
                + upstream
                + " for a credential, but "
                + why
                + ". It may exist, and nobody has its secret. Read the rotation in Location to see"
                + " what becomes of it; ask again when you are ready for another credential."),
        rotation);
  }

  static Problem compensated(UpstreamName upstream, UUID rotation) {
    return of(
        ProblemType.RECORD_UNAVAILABLE.with(
            upstream
                + " made a credential, but Rekey could not record it and ended it again. Repeat"
                + " the request in a while."),
        rotation);
  }
}
