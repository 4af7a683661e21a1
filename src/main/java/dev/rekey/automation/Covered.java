package dev.rekey.automation;

import dev.rekey.policy.Policy;
import dev.rekey.upstream.Subject;

/**
 * A subject that a policy rotates.
 *
 * @param target the name of the target of its secrets
 * @param place where the target is, such as {@code kubernetes/identity/okta-connector}
 */
record Covered(Subject subject, Policy policy, String target, String place) {

  String name() {
    return subject.name();
  }
}
