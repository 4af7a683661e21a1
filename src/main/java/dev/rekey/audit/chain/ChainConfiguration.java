package dev.rekey.audit.chain;

import dev.rekey.platform.BackgroundWork.Round;
import dev.rekey.platform.settings.ConfigTreeReloader;
import java.time.Duration;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Seals the history on every replica, of which one at a time is let. */
@Configuration(proxyBeanMethods = false)
class ChainConfiguration {

  private static final Duration MEASURE_EVERY = Duration.ofSeconds(15);

  @Bean
  CheckpointKey checkpointKey(ChainProperties properties, ConfigTreeReloader files) {
    var key = new CheckpointKey(properties.key());
    files.follow(
        ChainProperties.class, List.of("signing-key"), changed -> key.become(changed.key()));
    return key;
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
