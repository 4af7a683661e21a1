package dev.rekey.audit.chain;

import dev.rekey.platform.crypto.DerivedKeys;
import dev.rekey.platform.settings.ConfigTreeReloader;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Configures the key that signs checkpoints, and reloads it. */
@Configuration(proxyBeanMethods = false)
class ChainConfiguration {

  /** The key that signs checkpoints; replaced at runtime. */
  @Bean
  AtomicReference<SigningKey> checkpointKey(ChainProperties properties, ConfigTreeReloader files) {
    var key = new AtomicReference<>(properties.key());
    files.subscribe(
        ChainProperties.class, List.of("signing-key"), changed -> key.set(changed.key()));
    return key;
  }

  @Bean
  DerivedKeys derivedKeys(AtomicReference<SigningKey> key) {
    return (algorithm, purpose) -> key.get().derive(algorithm, purpose);
  }
}
