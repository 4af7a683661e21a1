package dev.rekey.audit;

import dev.rekey.platform.BackgroundWork.Round;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What every replica does by itself about the history. */
@Configuration(proxyBeanMethods = false)
class AuditConfiguration {

  private static final Duration DENIALS_EVERY = Duration.ofSeconds(1);
  private static final Duration PARTITIONS_EVERY = Duration.ofHours(6);

  @Bean
  Round closeDenials(DenialAuditor denials) {
    return new Round("close-denials", DENIALS_EVERY, denials::closeMinutes);
  }

  @Bean
  Round makePartitions(AuditPartitions partitions) {
    return new Round("make-partitions", PARTITIONS_EVERY, partitions::ensure);
  }

  @Bean
  Round dropPartitions(AuditPartitions partitions) {
    return new Round("drop-partitions", PARTITIONS_EVERY, partitions::drop);
  }
}
