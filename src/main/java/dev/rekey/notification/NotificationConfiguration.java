package dev.rekey.notification;

import dev.rekey.platform.BackgroundWork.Round;
import dev.rekey.platform.settings.ConfigTreeReloader;
import java.time.Duration;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who is told, and what every replica does by itself about it. */
@Configuration(proxyBeanMethods = false)
class NotificationConfiguration {

  private static final Duration MEASURE_EVERY = Duration.ofSeconds(15);
  private static final Duration MOVE_UP_EVERY = Duration.ofMinutes(1);
  private static final Duration FORGET_EVERY = Duration.ofHours(1);

  @Bean
  Targets targets(NotificationProperties properties, ConfigTreeReloader files) {
    var targets = Targets.of(properties.targets());
    files.follow(
        NotificationProperties.class,
        List.of("targets[0].secrets"),
        changed -> targets.takeKeys(changed.targets()));
    return targets;
  }

  @Bean
  Round deliverWebhooks(Dispatchers dispatchers, NotificationProperties properties) {
    return new Round("deliver-webhooks", properties.deliverEvery(), dispatchers::wake);
  }

  @Bean
  Round measureWebhooks(Backlog backlog) {
    return new Round("measure-webhooks", MEASURE_EVERY, backlog::measure);
  }

  @Bean
  Round moveWebhooksUp(DeliveryLedger ledger) {
    return new Round("move-webhooks-up", MOVE_UP_EVERY, ledger::moveUp);
  }

  @Bean
  Round forgetWebhooks(DeliveryCleanup forgetting) {
    return new Round("forget-webhooks", FORGET_EVERY, forgetting::forget);
  }
}
