package dev.rekey.automation;

import dev.rekey.delivery.DeliveryTarget;
import dev.rekey.policy.Policy;
import dev.rekey.upstream.Subject;

/** A subject that a policy rotates, and the target of its secrets. */
record Covered(Subject subject, Policy policy, DeliveryTarget target) {

  String name() {
    return subject.name();
  }
}
