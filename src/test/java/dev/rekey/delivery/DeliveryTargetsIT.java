package dev.rekey.delivery;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.RekeyIT;
import dev.rekey.delivery.DeliveryProperties.Keys;
import dev.rekey.delivery.DeliveryProperties.Target;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.upstream.Upstreams;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class DeliveryTargetsIT extends RekeyIT {

  @Autowired private List<DeliveryTargetFactory> kinds;
  @Autowired private Upstreams upstreams;

  @Test
  void aSubjectHasOneTargetByAllOfItsNames() {
    var properties =
        new DeliveryProperties(
            List.of(
                target("a", "organizations/acme/service-accounts/checkout"),
                target("b", "organizations/acme-corp/service-accounts/checkout")),
            Duration.ofMinutes(15),
            Duration.ofSeconds(10));

    assertThatThrownBy(() -> new DeliveryTargets(properties, kinds, upstreams))
        .isInstanceOf(PropertyException.class)
        .hasMessageContaining("rekey.delivery.targets[1].subject) is that of another target");
  }

  private static Target target(String name, String subject) {
    return new Target(
        name, "kubernetes", subject, "payments", name, "generic", new Keys(null, null), List.of());
  }
}
