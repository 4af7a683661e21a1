package dev.rekey.notification;

import dev.rekey.audit.AuditType;
import dev.rekey.notification.NotificationProperties.TargetProperties;
import dev.rekey.platform.settings.PropertyException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** The configured targets of webhooks. */
final class Targets {

  private final List<Target> all;

  private Targets(List<Target> all) {
    this.all = all;
  }

  /** Throws {@link PropertyException}, which never contains a value, for an invalid target. */
  static Targets of(List<TargetProperties> configured) {
    var names = new HashSet<String>();
    var targets = new ArrayList<Target>();
    for (int i = 0; i < configured.size(); i++) {
      String property = "rekey.notifications.targets[" + i + "]";
      Target target = TargetReader.read(property, configured.get(i));
      if (!names.add(target.name())) {
        throw TargetReader.invalid(property + ".name", "is the name of another target, too");
      }
      targets.add(target);
    }
    return new Targets(List.copyOf(targets));
  }

  /** Uses the configured signing secrets from now on. Other changes need a restart. */
  void updateKeys(List<TargetProperties> configured) {
    for (Target changed : of(configured).all) {
      all.stream()
          .filter(target -> target.name().equals(changed.name()))
          .forEach(target -> target.keys().replaceWith(changed.keys()));
    }
  }

  List<Target> all() {
    return all;
  }

  List<Target> subscribedTo(AuditType type) {
    return all.stream().filter(target -> target.types().contains(type)).toList();
  }

  boolean has(String name) {
    return all.stream().anyMatch(target -> target.name().equals(name));
  }
}
