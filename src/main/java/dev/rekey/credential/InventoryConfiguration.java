package dev.rekey.credential;

import dev.rekey.platform.BackgroundWork.Round;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What every replica does by itself for the inventory to be counted. */
@Configuration(proxyBeanMethods = false)
class InventoryConfiguration {

  private static final Duration FOLD_EVERY = Duration.ofSeconds(2);

  @Bean
  Round foldTally(CredentialTally tally) {
    return new Round("fold-tally", FOLD_EVERY, tally::fold);
  }
}
