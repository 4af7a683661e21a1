package dev.rekey.notification;

import dev.rekey.audit.AuditType;
import dev.rekey.notification.NotificationProperties.TargetProperties;
import dev.rekey.platform.settings.ConfigTreeReloader;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.platform.settings.PropertyFaults;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.springframework.stereotype.Component;

/** The configured targets of webhooks. Their signing secrets are reloaded. */
@Component
class Targets {

  private final List<Target> all;

  Targets(NotificationProperties properties, ConfigTreeReloader files) {
    this.all = read(properties.targets());
    files.subscribe(
        NotificationProperties.class,
        List.of("targets[0].secrets"),
        changed -> read(changed.targets()).forEach(this::updateKeys));
  }

  /** Throws {@link PropertyException}, which never contains a value, for an invalid target. */
  static List<Target> read(List<TargetProperties> configured) {
    var names = new HashSet<String>();
    var targets = new ArrayList<Target>();
    var faults = new PropertyFaults();
    for (int i = 0; i < configured.size(); i++) {
      String property = "rekey.notifications.targets[" + i + "]";
      TargetProperties next = configured.get(i);
      faults.check(
          () -> {
            Target target = Target.read(property, next);
            if (!names.add(target.name())) {
              throw Target.invalid(property + ".name", "is the name of another target, too");
            }
            targets.add(target);
          });
    }
    faults.refuse();
    return List.copyOf(targets);
  }

  private void updateKeys(Target changed) {
    all.stream()
        .filter(target -> target.name().equals(changed.name()))
        .forEach(target -> target.keys().replaceWith(changed.keys()));
  }

  List<Target> all() {
    return all;
  }

  List<String> names() {
    return all.stream().map(Target::name).toList();
  }

  List<Target> subscribedTo(AuditType type) {
    return all.stream().filter(target -> target.types().contains(type)).toList();
  }
}
