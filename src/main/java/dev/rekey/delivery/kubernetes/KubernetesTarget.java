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
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

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
    var restart = SecretPatch.restart(rotation, Instant.EPOCH);
    return readMarked()
        .flatMap(
            secret ->
                api.patch(SecretPatch.trial(settings, secret, rotation), Mode.DRY_RUN)
                    .flatMap(
                        _ ->
                            forEachWorkload(
                                workload ->
                                    api.read(workload)
                                        .flatMap(_ -> api.patch(workload, restart, Mode.DRY_RUN))))
                    .flatMap(
                        _ ->
                            api.create(
                                event(secret, rotation, "Rekey can deliver", Instant.EPOCH),
                                Mode.DRY_RUN))
                    .flatMap(_ -> done(secret)));
  }

  /** The workloads, if the step succeeds for each; else the first failure. */
  private TargetReply<List<Workload>> forEachWorkload(
      Function<Workload, TargetReply<HasMetadata>> step) {
    for (Workload workload : settings.restart()) {
      if (step.apply(workload) instanceof TargetReply.Failed<HasMetadata>(var why)) {
        return new TargetReply.Failed<>(why);
      }
    }
    return new TargetReply.Done<>(settings.restart());
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
  public boolean restarts() {
    return !settings.restart().isEmpty();
  }

  @Override
  public TargetReply<Held> restart(Handover handover) {
    return api.read().flatMap(secret -> restart(secret, handover));
  }

  private TargetReply<Held> restart(Secret secret, Handover handover) {
    if (SecretPatch.held(secret).isNewerThan(handover.rotatedAt())) {
      // The workloads restart for the newer secret.
      return done(secret);
    }
    var restart = SecretPatch.restart(handover.rotation(), handover.rotatedAt());
    String message =
        "Rekey delivered credential %s of %s".formatted(handover.credential(), handover.subject());
    Event event = event(secret, handover.rotation(), message, handover.rotatedAt());
    return forEachWorkload(workload -> api.patch(workload, restart, Mode.REAL))
        .flatMap(_ -> api.create(event, Mode.REAL))
        .flatMap(_ -> done(secret));
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
                        "The Secret %s lacks the annotation %s: %s. Its owner has to set it."
                            .formatted(place(), SecretPatch.SUBJECT, settings.subject())));
  }

  private Event event(Secret secret, UUID rotation, String message, Instant at) {
    String time = at.truncatedTo(ChronoUnit.SECONDS).toString();
    return new EventBuilder()
        .withNewMetadata()
        .withName("rekey." + rotation)
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
