package dev.rekey.audit.chain;

import dev.rekey.platform.settings.PropertyException;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of sealing.
 *
 * @param signingKey the Ed25519 private key that signs checkpoints, as PKCS#8 PEM; required. Keep
 *     it from the database's administrators
 * @param sealEvery interval of sealing; at most 1 s; default 500 ms
 * @param checkpointEvery interval of checkpoints; at most 5 min, half of the time that the verifier
 *     accepts events without a checkpoint; default 1 min
 */
@Validated
@ConfigurationProperties("rekey.audit")
record ChainProperties(
    @Nullable Pem signingKey,
    @DefaultValue(SEAL_EVERY) @DurationMin(millis = 1) @DurationMax(seconds = 1) Duration sealEvery,
    @DefaultValue("1m") @DurationMin(millis = 1) @DurationMax(minutes = 5)
        Duration checkpointEvery) {

  static final String SEAL_EVERY = "500ms";

  /** The key; throws a {@link PropertyException} if it is missing or malformed. */
  SigningKey key() {
    if (signingKey == null) {
      throw new PropertyException(
          "rekey.audit.signing-key",
          "is required, but not set: an Ed25519 private key as PKCS#8 PEM, which signs the"
              + " history's checkpoints (docs/configuration.md)");
    }
    return SigningKey.ofPem(signingKey.text());
  }

  /** The raw PEM. Never printed, and parsed late, so that no exception of the binder quotes it. */
  record Pem(String text) {

    public static Pem of(String text) {
      return new Pem(text);
    }

    @Override
    public String toString() {
      return "<redacted>";
    }
  }
}
