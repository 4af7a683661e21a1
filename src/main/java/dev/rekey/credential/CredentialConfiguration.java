package dev.rekey.credential;

import dev.rekey.platform.BackgroundWork.Round;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What every replica does about the inventory by itself. */
@Configuration(proxyBeanMethods = false)
class CredentialConfiguration {

  private static final Duration FOLD_EVERY = Duration.ofSeconds(2);
  private static final Duration MEASURE_EVERY = Duration.ofSeconds(15);

  @Bean
  Round tellExpiry(ExpiryJob expiries, ExpiryProperties properties) {
    return new Round("expiry", properties.checkEvery(), expiries::sweep);
  }

  @Bean
  Round measureInventory(InventoryMetrics metrics) {
    return new Round("measure-inventory", MEASURE_EVERY, metrics::look);
  }

  @Bean
  Round foldTally(CredentialCounters tally) {
    return new Round("fold-tally", FOLD_EVERY, tally::fold);
  }
}
