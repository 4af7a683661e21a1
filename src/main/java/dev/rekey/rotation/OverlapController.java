package dev.rekey.rotation;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rekey.access.Caller;
import dev.rekey.platform.Answers;
import dev.rekey.platform.ProblemType;
import dev.rekey.upstream.Secret;
import dev.rekey.upstream.UpstreamCredential;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.annotation.JsonSerialize;

/** What callers decide about a rotation after its mint. */
@RestController
@RequestMapping(path = "/api/v1/rotations/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Rotations")
@Answers({ProblemType.RECORD_UNAVAILABLE, ProblemType.NOT_FOUND, ProblemType.WRONG_STATE})
class OverlapController {

  private static final int MAX_REASON = 500;

  private final Overlaps overlaps;
  private final Rotations rotations;

  OverlapController(Overlaps overlaps, Rotations rotations) {
    this.overlaps = overlaps;
    this.rotations = rotations;
  }

  @Schema(name = "Confirmation", description = "When the older credential ends.")
  record Confirmation(
      @Schema(
              description =
                  "How long the older credential stays, in seconds: 0 to 2592000, which is 30 days;"
                      + " default what was said when the new one was made, or 86400.",
              example = "3600",
              minimum = "0",
              maximum = "2592000")
          @Nullable Long graceSeconds,
      @Schema(
              description =
                  "Whether the older credential ends then even if it was used within the grace, or"
                      + " within 24 hours if that is longer; default false.",
              example = "false")
          @Nullable Boolean force) {}

  @Schema(name = "Force", description = "Whether use counts.")
  record Force(
      @Schema(
              description = "Whether a credential is ended even if it was used; default false.",
              example = "false")
          @Nullable Boolean force) {}

  @Schema(name = "Resolution", description = "Why it is closed.")
  record Resolution(
      @Schema(
              description = "What was found out, in 1 to 500 characters; never a secret.",
              example = "Checked at the tenant: no second credential exists.",
              requiredMode = Schema.RequiredMode.REQUIRED)
          @Nullable String reason) {}

  @JsonInclude(JsonInclude.Include.ALWAYS)
  @Schema(name = "Reissued", description = "A new credential instead of one whose secret was lost.")
  record Reissued(
      @Schema(
              description = "The rotation that made it.",
              example = "019aa8a5-9c41-7b52-9e03-6c2d8f4a1b70")
          UUID rotationId,
      @Schema(
              description = "Its id in the inventory; null if it could not be recorded yet.",
              example = "019aa8a5-9c55-7a3e-8d21-0b9e7c6f5a42")
          @Nullable UUID credentialId,
      @Schema(description = "Its id at the upstream.", example = "cred-8") String upstreamId,
      @Schema(description = "The public half; null if not known.", example = "sa-checkout-8")
          @Nullable String clientId,
      @Schema(
              description = "The secret, shown this once.",
              type = "string",
              format = "password",
              example = "made-by-its-upstream")
          @JsonSerialize(using = RevealedSecret.class)
          Secret clientSecret,
      @Schema(description = "Its name; null if it has none.", example = "ci-2026-11")
          @Nullable String displayName,
      @Schema(description = "When it was made.", example = "2026-11-22T09:30:00.000000Z")
          @Nullable Instant createdAt,
      @Schema(
              description = "When it ends by itself; null if it does not.",
              example = "2027-02-20T09:30:00.000000Z")
          @Nullable Instant expiresAt) {}

  @PostMapping("/confirm")
  @Answers(ProblemType.NO_GRANT)
  @Operation(
      operationId = "confirmRotation",
      summary = "Confirm that the new credential works",
      description =
          "Plans the end of the older one. It ends when its grace is over, if it was not used for"
              + " that long, or for 24 hours if that is longer; else its end is put off.")
  RotationView confirm(
      Caller caller,
      @PathVariable("id") @Id UUID id,
      @RequestBody(required = false) @Nullable Confirmation body) {
    overlaps.confirm(
        caller,
        id,
        body == null ? null : Overlaps.grace(body.graceSeconds()),
        body != null && isTrue(body.force()));
    return rotations.view(id);
  }

  @PostMapping("/revert")
  @Answers({
    ProblemType.NO_GRANT,
    ProblemType.CREDENTIAL_IN_USE,
    ProblemType.UPSTREAM_REFUSED,
    ProblemType.UPSTREAM_RATE_LIMITED,
    ProblemType.UPSTREAM_DENIED_US,
    ProblemType.UPSTREAM_FAILED,
    ProblemType.UPSTREAM_TIMED_OUT,
    ProblemType.UPSTREAM_UNAVAILABLE
  })
  @Operation(
      operationId = "revertRotation",
      summary = "End the new credential while the older one lives",
      description =
          "The older credential stays, also where its end was planned already. The new one is ended"
              + " at once, or as soon as its upstream can be reached.")
  RotationView revert(
      Caller caller,
      @PathVariable("id") @Id UUID id,
      @RequestBody(required = false) @Nullable Force body) {
    overlaps.revert(caller, id, isForced(body));
    return rotations.view(id);
  }

  @PostMapping("/reissue")
  @ResponseStatus(HttpStatus.CREATED)
  @Answers({
    ProblemType.NO_GRANT,
    ProblemType.CREDENTIAL_IN_USE,
    ProblemType.RATE_LIMITED,
    ProblemType.ROTATION_IN_PROGRESS,
    ProblemType.ROTATION_UNRESOLVED,
    ProblemType.SECRET_NOT_REPLAYABLE,
    ProblemType.IDEMPOTENCY_KEY_REQUIRED,
    ProblemType.IDEMPOTENCY_KEY_REUSED,
    ProblemType.UPSTREAM_REFUSED,
    ProblemType.UPSTREAM_RATE_LIMITED,
    ProblemType.UPSTREAM_DENIED_US,
    ProblemType.UPSTREAM_FAILED,
    ProblemType.UPSTREAM_TIMED_OUT,
    ProblemType.UPSTREAM_UNAVAILABLE,
    ProblemType.ROTATION_OUTCOME_UNKNOWN
  })
  @Operation(
      operationId = "reissueRotation",
      summary = "Make another credential, because the secret was lost",
      description =
          "Mints first and ends the lost credential after. The end of an older credential that was"
              + " planned is taken back: confirm the new rotation once its credential works.")
  ResponseEntity<Reissued> reissue(
      Caller caller,
      @PathVariable("id") @Id UUID id,
      @IdempotencyKey.Sent @Nullable IdempotencyKey key,
      @RequestBody(required = false) @Nullable Force body) {
    Delivery delivery = overlaps.reissue(caller, id, isForced(body), key);
    return delivery.answer(HttpStatus.CREATED).body(reissued(delivery));
  }

  @PostMapping("/resolve")
  @Operation(
      operationId = "resolveRotation",
      summary = "Close a rotation whose outcome stays unknown",
      description =
          "For admins. Nothing changes at the upstream: look there first whether a credential"
              + " exists that nobody holds, and end it.")
  RotationView resolve(
      Caller caller, @PathVariable("id") @Id UUID id, @RequestBody Resolution body) {
    overlaps.resolve(caller, id, reason(body.reason()));
    return rotations.view(id);
  }

  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(
      description = "The Rekey-Rotation-Id.",
      example = "019aa8a5-9c41-7b52-9e03-6c2d8f4a1b70")
  @interface Id {}

  private static Reissued reissued(Delivery delivery) {
    UpstreamCredential made = delivery.minted().credential();
    return new Reissued(
        delivery.rotationId(),
        delivery.credentialId(),
        made.id().value(),
        made.clientId(),
        delivery.minted().secret(),
        made.name(),
        made.createdAt(),
        made.expiresAt());
  }

  private static String reason(@Nullable String text) {
    if (text == null
        || text.isBlank()
        || text.length() > MAX_REASON
        || text.chars().anyMatch(Character::isISOControl)) {
      throw ProblemType.INVALID_REQUEST
          .with("reason is required: 1 to " + MAX_REASON + " characters in one line.")
          .exception();
    }
    return text;
  }

  private static boolean isForced(@Nullable Force body) {
    return body != null && isTrue(body.force());
  }

  private static boolean isTrue(@Nullable Boolean value) {
    return Boolean.TRUE.equals(value);
  }
}
