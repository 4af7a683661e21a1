package dev.rekey.audit.chain;

import dev.rekey.platform.settings.ConfigTreeReloader;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The key that signs checkpoints, which is reloaded. */
@Configuration(proxyBeanMethods = false)
class ChainConfiguration {

  @Bean
  CheckpointKey checkpointKey(ChainProperties properties, ConfigTreeReloader files) {
    var key = new CheckpointKey(properties.key());
    files.follow(
        ChainProperties.class, List.of("signing-key"), changed -> key.become(changed.key()));
    return key;
  }
}
