package dev.rekey.delivery;

import dev.rekey.platform.settings.PropertyFaults;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstreams;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** The configured targets. A subject has at most one. */
@Component
public class DeliveryTargets {

  private final Map<String, DeliveryTarget> bySubject;

  DeliveryTargets(
      DeliveryProperties properties, List<DeliveryTargetFactory> kinds, Upstreams upstreams) {
    var targets = new HashMap<String, DeliveryTarget>();
    var places = new HashSet<String>();
    var faults = new PropertyFaults();
    for (int i = 0; i < properties.targets().size(); i++) {
      int number = i;
      DeliveryProperties.Target settings = properties.targets().get(i);
      faults.check(
          () -> {
            String subject = Objects.requireNonNull(upstreams.canonical(settings.subject()));
            DeliveryTarget target =
                factory(number, settings, kinds).create(number, settings.withSubject(subject));
            if (!places.add(target.describe())) {
              throw DeliveryProperties.invalid(
                  DeliveryProperties.property(number, "secret"), "is that of another target, too");
            }
            if (targets.put(subject, target) != null) {
              throw DeliveryProperties.invalid(
                  DeliveryProperties.property(number, "subject"), "is that of another target, too");
            }
          });
    }
    faults.refuse();
    this.bySubject = Map.copyOf(targets);
  }

  private static DeliveryTargetFactory factory(
      int number, DeliveryProperties.Target settings, List<DeliveryTargetFactory> kinds) {
    return kinds.stream()
        .filter(one -> one.kind().equals(settings.kind()))
        .findFirst()
        .orElseThrow(
            () ->
                DeliveryProperties.invalid(
                    DeliveryProperties.property(number, "kind"),
                    kinds.stream()
                        .map(DeliveryTargetFactory::kind)
                        .collect(Collectors.joining(" or ", "has to be ", ""))));
  }

  /** The subject of the target with a name; empty if there is none. */
  public Optional<String> subjectOf(String name) {
    return bySubject.entrySet().stream()
        .filter(each -> each.getValue().name().equals(name))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** The target of a subject; empty if it has none. */
  public Optional<DeliveryTarget> of(Subject subject) {
    return Optional.ofNullable(bySubject.get(subject.name()));
  }
}
