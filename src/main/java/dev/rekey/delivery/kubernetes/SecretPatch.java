package dev.rekey.delivery.kubernetes;

import dev.rekey.delivery.Handover;
import dev.rekey.delivery.Held;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.Minted;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * JSON merge patches of a Secret and of workloads. A patch of the Secret names its resourceVersion,
 * so that the API server refuses it if somebody changed the Secret since it was read.
 */
final class SecretPatch {

  /** The subject whose secrets may be written there. Only its owner sets it. */
  static final String SUBJECT = "rekey.dev/subject";

  static final String ROTATION = "rekey.dev/rotation-id";
  static final String CREDENTIAL = "rekey.dev/credential-id";
  static final String ROTATED_AT = "rekey.dev/rotated-at";
  static final String OLD_ENDS_AT = "rekey.dev/old-credential-ends-at";

  /** A change of it restarts a workload, as {@code kubectl rollout restart} does. */
  static final String RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

  private static final String PLACEHOLDER = "rekey-dry-run";

  private SecretPatch() {}

  /** A patch for a dry run, with placeholders. */
  static Map<String, Object> trial(SecretSettings settings, Secret read, UUID rotation) {
    var annotations = new LinkedHashMap<String, @Nullable String>();
    annotations.put(ROTATION, rotation.toString());
    annotations.put(CREDENTIAL, PLACEHOLDER);
    return patch(settings, read, annotations, PLACEHOLDER, PLACEHOLDER);
  }

  /**
   * A patch that writes the pair. It is the only place where the secret leaves Rekey for a Secret.
   */
  static Map<String, Object> of(
      SecretSettings settings, Secret read, Handover handover, Minted minted) {
    var annotations = new LinkedHashMap<String, @Nullable String>();
    annotations.put(ROTATION, handover.rotation().toString());
    annotations.put(CREDENTIAL, handover.credential().value());
    annotations.put(ROTATED_AT, handover.rotatedAt().toString());
    // Null removes that of an earlier rotation.
    annotations.put(
        OLD_ENDS_AT, handover.oldEndsAt() == null ? null : handover.oldEndsAt().toString());
    return patch(
        settings,
        read,
        annotations,
        String.valueOf(minted.credential().clientId()),
        minted.secret().reveal());
  }

  private static Map<String, Object> patch(
      SecretSettings settings,
      Secret read,
      Map<String, @Nullable String> annotations,
      String clientId,
      String clientSecret) {
    return Map.of(
        "metadata",
        Map.of(
            "resourceVersion", read.getMetadata().getResourceVersion(), "annotations", annotations),
        "data",
        Map.of(
            settings.clientIdKey(),
            base64(clientId),
            settings.clientSecretKey(),
            base64(clientSecret)));
  }

  /** A patch that restarts a workload, unless it was applied before. */
  static Map<String, Object> restart(UUID rotation, Instant at) {
    return Map.of(
        "spec",
        Map.of(
            "template",
            Map.of(
                "metadata",
                Map.of(
                    "annotations",
                    Map.of(
                        RESTARTED_AT,
                        at.truncatedTo(ChronoUnit.SECONDS).toString(),
                        ROTATION,
                        rotation.toString())))));
  }

  /** Reads the annotations of a Secret. One that cannot be parsed counts as absent. */
  static Held held(Secret secret) {
    String rotation = annotation(secret, ROTATION);
    String credential = annotation(secret, CREDENTIAL);
    String rotatedAt = annotation(secret, ROTATED_AT);
    return new Held(
        rotation == null ? null : uuid(rotation),
        credential == null || !PathId.isValid(credential) ? null : PathId.of(credential),
        rotatedAt == null ? null : instant(rotatedAt));
  }

  static @Nullable String annotation(Secret secret, String name) {
    ObjectMeta metadata = secret.getMetadata();
    return metadata.getAnnotations() == null ? null : metadata.getAnnotations().get(name);
  }

  private static @Nullable UUID uuid(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
