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
 * How the history is sealed.
 *
 * @param signingKey the Ed25519 private key, as PKCS#8 PEM, that signs checkpoints; required, and
 *     kept from whoever can change the database
 * @param sealEvery pause between two looks for events to seal; at most 1 s; default 500 ms
 * @param checkpointEvery how often a checkpoint is taken; at most 5 min, half of how long the
 *     verifier takes events for sound that none vouches for; default 1 min
 */
@Validated
@ConfigurationProperties("rekey.audit")
record ChainProperties(
    @Nullable Pem signingKey,
    @DefaultValue(SEAL_EVERY) @DurationMin(millis = 1) @DurationMax(seconds = 1) Duration sealEvery,
    @DefaultValue("1m") @DurationMin(millis = 1) @DurationMax(minutes = 5)
        Duration checkpointEvery) {

  static final String SEAL_EVERY = "500ms";

  /** The key itself; throws a {@link PropertyException} if there is none, or it is no good. */
  SigningKey key() {
    if (signingKey == null) {
      throw new PropertyException(
          "rekey.audit.signing-key",
          "is required, and not set: an Ed25519 private key as PKCS#8 PEM, which signs the"
              + " history's checkpoints (docs/configuration.md)");
    }
    return signingKey.key();
  }

  /** A text that is not printed, and not refused before somebody can say so without printing it. */
  static final class Pem {

    private final String text;

    private Pem(String text) {
      this.text = text;
    }

    public static Pem of(String text) {
      return new Pem(text);
    }

    SigningKey key() {
      return SigningKey.ofPem(text);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Pem pem && pem.text.equals(text);
    }

    @Override
    public int hashCode() {
      return text.hashCode();
    }

    @Override
    public String toString() {
      return "<redacted>";
    }
  }
}
