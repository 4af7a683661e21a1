package dev.rekey.audit.chain;

import dev.rekey.platform.BackgroundWork.Round;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Seals the history on every replica, of which one at a time is let. */
@Configuration(proxyBeanMethods = false)
class ChainConfiguration {

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
}
