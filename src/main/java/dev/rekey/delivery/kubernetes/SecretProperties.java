package dev.rekey.delivery.kubernetes;

import dev.rekey.delivery.DeliveryProperties.Target;
import dev.rekey.platform.settings.PropertyFaults;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The targets again, so that a start with an invalid one is refused before any bean is created.
 *
 * @param targets those of other kinds are not checked
 */
@ConfigurationProperties("rekey.delivery")
record SecretProperties(@DefaultValue List<Target> targets) {

  SecretProperties {
    var faults = new PropertyFaults();
    for (int i = 0; i < targets.size(); i++) {
      int number = i;
      if (targets.get(number).kind().equals(KubernetesTargets.KIND)) {
        faults.check(() -> SecretSettings.of(number, targets.get(number)));
      }
    }
    faults.refuse();
  }
}
