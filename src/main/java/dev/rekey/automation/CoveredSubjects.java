package dev.rekey.automation;

import dev.rekey.delivery.DeliveryTarget;
import dev.rekey.delivery.DeliveryTargets;
import dev.rekey.platform.settings.PropertyFaults;
import dev.rekey.policy.Policies;
import dev.rekey.policy.Policy;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.Upstreams;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** The subjects that policies rotate: those of the targets that a policy delivers to. */
@Component
class CoveredSubjects {

  private final Map<String, Covered> byName;

  @Autowired
  CoveredSubjects(Policies policies, DeliveryTargets targets, Upstreams upstreams) {
    var covered = new TreeMap<String, Covered>();
    var faults = new PropertyFaults();
    List<Policy> all = policies.all();
    for (int i = 0; i < all.size(); i++) {
      Policy policy = all.get(i);
      String property = Policies.property(i, "deliver-to");
      for (String name : policy.deliverTo()) {
        faults.check(
            () -> {
              Subject subject = subject(property, name, targets, upstreams);
              requireOwn(property, policy, subject, policies);
              requireEnding(property, upstreams.of(subject), subject);
              DeliveryTarget target = targets.of(subject).orElseThrow();
              covered.put(subject.name(), new Covered(subject, policy, name, target.describe()));
            });
      }
    }
    faults.refuse();
    this.byName = new LinkedHashMap<>(covered);
  }

  /** For tests, whose targets are nowhere. */
  CoveredSubjects(List<Covered> all) {
    this.byName = new LinkedHashMap<>();
    all.forEach(each -> byName.put(each.name(), each));
  }

  private static Subject subject(
      String property, String name, DeliveryTargets targets, Upstreams upstreams) {
    String subject =
        targets
            .subjectOf(name)
            .orElseThrow(
                () ->
                    Policies.invalid(
                        property,
                        "has to name targets in rekey.delivery.targets, and none has the name \"%s\""
                            .formatted(name)));
    String upstream =
        upstreams.havingSubjects(subject).stream()
            .findFirst()
            .orElseThrow(() -> Policies.invalid(property, "names a target of an unknown upstream"));
    return Subject.of(upstream, subject);
  }

  private static void requireOwn(
      String property, Policy policy, Subject subject, Policies policies) {
    if (!policies.of(subject).equals(policy)) {
      throw Policies.invalid(
          property,
          "names the target of %s, to which policy %s applies"
              .formatted(subject.name(), policies.of(subject).name()));
    }
  }

  // Nobody would end the old credential.
  private static void requireEnding(String property, Upstream upstream, Subject subject) {
    if (upstream.isAdditive() && !(upstream instanceof ListableUpstream)) {
      throw Policies.invalid(
          property,
          "names the target of %s, whose upstream keeps old credentials and does not list them"
              .formatted(subject.name()));
    }
  }

  /** In the order of their names. */
  Collection<Covered> all() {
    return byName.values();
  }

  Set<String> names() {
    return byName.keySet();
  }

  List<Covered> of(Collection<String> names) {
    return names.stream().distinct().flatMap(name -> find(name).stream()).toList();
  }

  Optional<Covered> find(String subject) {
    return Optional.ofNullable(byName.get(subject));
  }

  Map<Policy, List<Covered>> byPolicy() {
    return byName.values().stream().collect(Collectors.groupingBy(Covered::policy));
  }
}
