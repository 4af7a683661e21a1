package dev.rekey.rotation;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rekey.access.Caller;
import dev.rekey.platform.problem.Reason;
import dev.rekey.upstream.Secret;
import dev.rekey.upstream.UpstreamCredential;
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
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.annotation.JsonSerialize;

/** Takes a caller's decisions about a rotation after its mint. */
@RestController
@RequestMapping(path = "/api/v1/rotations/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
public class RotationDecisionController {

  private final RotationDecisions decisions;
  private final Rotations rotations;

  RotationDecisionController(RotationDecisions decisions, Rotations rotations) {
    this.decisions = decisions;
    this.rotations = rotations;
  }

  public record Confirmation(@Nullable Long graceSeconds, @Nullable Boolean force) {}

  public record Force(@Nullable Boolean force) {}

  public record Resolution(@Nullable String reason) {}

  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Reissued(
      UUID rotationId,
      @Nullable UUID credentialId,
      String upstreamId,
      @Nullable String clientId,
      @JsonSerialize(using = RevealedSecret.class) Secret clientSecret,
      @Nullable String displayName,
      @Nullable Instant createdAt,
      @Nullable Instant expiresAt) {}

  @PostMapping("/confirm")
  public RotationView confirm(
      Caller caller,
      @PathVariable("id") UUID id,
      @RequestBody(required = false) @Nullable Confirmation body) {
    decisions.confirm(
        caller,
        id,
        body == null ? null : RotationTerms.grace(body.graceSeconds()),
        body != null && Boolean.TRUE.equals(body.force()));
    return rotations.view(id);
  }

  @PostMapping("/revert")
  public RotationView revert(
      Caller caller,
      @PathVariable("id") UUID id,
      @RequestBody(required = false) @Nullable Force body) {
    decisions.revert(caller, id, isForced(body));
    return rotations.view(id);
  }

  @MintsCredential
  @PostMapping("/reissue")
  public ResponseEntity<Reissued> reissue(
      Caller caller,
      @PathVariable("id") UUID id,
      @Nullable IdempotencyKey key,
      DeliveryMode deliver,
      @RequestBody(required = false) @Nullable Force body) {
    NewCredential made = decisions.reissue(caller, id, isForced(body), deliver, key);
    return made.response(HttpStatus.CREATED).body(reissued(made));
  }

  @PostMapping("/resolve")
  public RotationView resolve(
      Caller caller, @PathVariable("id") UUID id, @RequestBody Resolution body) {
    decisions.resolve(caller, id, Reason.required(body.reason()));
    return rotations.view(id);
  }

  private static Reissued reissued(NewCredential made) {
    UpstreamCredential credential = made.minted().credential();
    return new Reissued(
        made.rotationId(),
        made.credentialId(),
        credential.id().value(),
        credential.clientId(),
        made.minted().secret(),
        credential.name(),
        credential.createdAt(),
        credential.expiresAt());
  }

  private static boolean isForced(@Nullable Force body) {
    return body != null && Boolean.TRUE.equals(body.force());
  }
}
