package dev.rekey.audit.chain;

import dev.rekey.platform.crypto.HmacSha256;
import dev.rekey.platform.query.Cursors.CursorKey;
import dev.rekey.platform.settings.ConfigTreeReloader;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Configures the key that signs checkpoints, and reloads it. */
@Configuration(proxyBeanMethods = false)
class ChainConfiguration {

  @Bean
  CheckpointKey checkpointKey(ChainProperties properties, ConfigTreeReloader files) {
    var key = new CheckpointKey(properties.key());
    files.subscribe(
        ChainProperties.class, List.of("signing-key"), changed -> key.replaceWith(changed.key()));
    return key;
  }

  /** Derived from a key that every replica has, so a cursor works on each of them. */
  @Bean
  CursorKey cursorKey(CheckpointKey key) {
    return () -> key.get().derive(HmacSha256.ALGORITHM, "rekey cursor");
  }
}
