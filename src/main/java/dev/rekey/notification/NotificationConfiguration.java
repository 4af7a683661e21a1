package dev.rekey.notification;

import dev.rekey.platform.settings.ConfigTreeReloader;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Configures the targets, and reloads their signing secrets. */
@Configuration(proxyBeanMethods = false)
class NotificationConfiguration {

  @Bean
  Targets targets(NotificationProperties properties, ConfigTreeReloader files) {
    var targets = Targets.of(properties.targets());
    files.subscribe(
        NotificationProperties.class,
        List.of("targets[0].secrets"),
        changed -> targets.updateKeys(changed.targets()));
    return targets;
  }
}
