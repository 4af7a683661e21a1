package dev.rekey.audit.chain;

import dev.rekey.platform.BackgroundWork.Round;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Seals the history on every replica, of which one at a time is let. */
@Configuration(proxyBeanMethods = false)
class ChainConfiguration {

  private static final Duration MEASURE_EVERY = Duration.ofSeconds(15);

  @Bean
  SigningKey signingKey(ChainProperties properties) {
    if (properties.signingKey() == null) {
      throw new IllegalStateException(
          "rekey.audit.signing-key is not set: an Ed25519 private key as PKCS#8 PEM, which signs"
              + " the history's checkpoints (docs/configuration.md)");
    }
    return properties.signingKey().key();
  }

  @Bean
  Round seal(Sealer sealer, ChainProperties properties) {
    return new Round("seal", properties.sealEvery(), sealer::seal);
  }

  @Bean
  Round measureSealer(SealerLag lag) {
    return new Round("measure-sealer", MEASURE_EVERY, lag::look);
  }
}
