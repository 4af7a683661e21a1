package dev.rekey.delivery.kubernetes;

import dev.rekey.delivery.DeliveryTarget;
import dev.rekey.delivery.Handover;
import dev.rekey.delivery.Held;
import dev.rekey.delivery.TargetReply;
import dev.rekey.delivery.kubernetes.SecretApi.Mode;
import dev.rekey.upstream.Minted;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * A Secret that its owner has marked for a subject. Rekey writes two of its keys and four
 * annotations, restarts workloads, and touches nothing else.
 */
final class KubernetesTarget implements DeliveryTarget {

  private final SecretSettings settings;
  private final SecretApi api;

  KubernetesTarget(SecretSettings settings, SecretApi api) {
    this.settings = settings;
    this.api = api;
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public String describe() {
    return settings.place();
  }

  @Override
  public TargetReply<Held> check(UUID rotation) {
    return readMarked()
        .flatMap(
            secret ->
                api.patch(SecretPatch.trial(settings, secret, rotation), Mode.DRY_RUN)
                    .flatMap(_ -> checkRestart(rotation))
                    .flatMap(
                        _ ->
                            api.create(
                                event(secret, rotation, "Rekey can deliver", Instant.EPOCH),
                                Mode.DRY_RUN))
                    .flatMap(_ -> done(secret)));
  }

  private TargetReply<UUID> checkRestart(UUID rotation) {
    var patch = SecretPatch.restart(rotation, Instant.EPOCH);
    for (Workload workload : settings.restart()) {
      TargetReply<HasMetadata> tried =
          api.read(workload).flatMap(_ -> api.patch(workload, patch, Mode.DRY_RUN));
      if (tried instanceof TargetReply.Failed<HasMetadata>(var why)) {
        return new TargetReply.Failed<>(why);
      }
    }
    return new TargetReply.Done<>(rotation);
  }

  @Override
  public TargetReply<Held> held() {
    return api.read().flatMap(KubernetesTarget::done);
  }

  @Override
  public TargetReply<Held> deliver(Handover handover, Minted minted) {
    return readMarked()
        .flatMap(
            secret -> {
              Held held = SecretPatch.held(secret);
              if (held.is(handover)) {
                return done(secret);
              }
              if (held.isNewerThan(handover.rotatedAt())) {
                return new TargetReply.Failed<>(
                    "The Secret " + place() + " has a newer credential already.");
              }
              return api.patch(SecretPatch.of(settings, secret, handover, minted), Mode.REAL)
                  .flatMap(KubernetesTarget::done);
            });
  }

  @Override
  public TargetReply<Held> restart(Handover handover) {
    return api.read().flatMap(secret -> restart(secret, handover));
  }

  private TargetReply<Held> restart(Secret secret, Handover handover) {
    String message =
        "Rekey delivered credential %s of %s".formatted(handover.credential(), handover.subject());
    if (SecretPatch.held(secret).isNewerThan(handover.rotatedAt())) {
      // The workloads restart for the newer secret.
      return done(secret);
    }
    var patch = SecretPatch.restart(handover.rotation(), handover.rotatedAt());
    for (Workload workload : settings.restart()) {
      if (api.patch(workload, patch, Mode.REAL)
          instanceof TargetReply.Failed<HasMetadata>(var why)) {
        return new TargetReply.Failed<>(why);
      }
    }
    Event event = event(secret, handover.rotation(), message, handover.rotatedAt());
    return api.create(event, Mode.REAL).flatMap(_ -> done(secret));
  }

  /** The Secret, if its owner has marked it for the subject. */
  private TargetReply<Secret> readMarked() {
    return api.read()
        .flatMap(
            secret ->
                Boolean.TRUE.equals(secret.getImmutable())
                    ? new TargetReply.Failed<>("The Secret " + place() + " is immutable.")
                    : new TargetReply.Done<>(secret))
        .flatMap(
            secret ->
                settings.subject().equals(SecretPatch.annotation(secret, SecretPatch.SUBJECT))
                    ? new TargetReply.Done<>(secret)
                    : new TargetReply.Failed<>(
                        "The Secret %s lacks the annotation %s: %s, by which its owner consents."
                            .formatted(place(), SecretPatch.SUBJECT, settings.subject())));
  }

  private Event event(Secret secret, UUID rotation, String message, Instant at) {
    String time = at.truncatedTo(ChronoUnit.SECONDS).toString();
    return new EventBuilder()
        .withNewMetadata()
        .withName(settings.secret() + "." + rotation)
        .withNamespace(settings.namespace())
        .endMetadata()
        .withNewInvolvedObject()
        .withApiVersion("v1")
        .withKind("Secret")
        .withNamespace(settings.namespace())
        .withName(settings.secret())
        .withUid(secret.getMetadata().getUid())
        .endInvolvedObject()
        .withType("Normal")
        .withReason("CredentialRotated")
        .withMessage(message)
        .withNewSource()
        .withComponent("rekey")
        .endSource()
        .withFirstTimestamp(time)
        .withLastTimestamp(time)
        .withCount(1)
        .withReportingComponent("rekey.dev/rekey")
        .withReportingInstance("rekey")
        .build();
  }

  private String place() {
    return settings.namespace() + "/" + settings.secret();
  }

  private static TargetReply<Held> done(Secret secret) {
    return new TargetReply.Done<>(SecretPatch.held(secret));
  }
}
