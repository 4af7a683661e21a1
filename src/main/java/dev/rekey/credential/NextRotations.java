package dev.rekey.credential;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.rekey.policy.NextRotation;
import dev.rekey.policy.Policies;
import dev.rekey.policy.Policy;
import dev.rekey.policy.WaitsFor;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** The next rotations of credentials in the inventory. */
@Component
class NextRotations {

  private final Policies policies;
  private final RotationSchedule schedule;
  private final Cache<Instant, Map<UUID, NextRotation>> recent =
      Caffeine.newBuilder().maximumSize(50).expireAfterWrite(Duration.ofSeconds(10)).build();

  NextRotations(Policies policies, RotationSchedule schedule) {
    this.policies = policies;
    this.schedule = schedule;
  }

  /**
   * Those of all credentials that have one, by the ids of the credentials. The pages of a search,
   * which have the same time, share them for a while.
   */
  Map<UUID, NextRotation> all(Instant now) {
    return recent.get(now, at -> schedule.of(schedule.subjects(), at));
  }

  /** Those of some credentials. */
  Map<UUID, NextRotation> of(Collection<Credential> credentials, Instant now) {
    List<String> subjects =
        credentials.stream().map(each -> each.subject().name()).distinct().toList();
    return schedule.of(subjects, now);
  }

  Policy policy(Credential credential) {
    return policies.of(credential.subject());
  }

  /** That of a credential, of those that are known; empty if its policy does not rotate it. */
  Optional<NextRotation> of(Credential credential, Map<UUID, NextRotation> known) {
    NextRotation next = known.get(credential.id());
    if (next != null) {
      return Optional.of(next);
    }
    return credential.status() == CredentialStatus.ACTIVE
            && policy(credential).rotates()
            && !schedule.subjects().contains(credential.subject().name())
        ? Optional.of(NextRotation.never(WaitsFor.DELIVERY_TARGET))
        : Optional.empty();
  }

  List<Policy> policies() {
    return policies.all();
  }

  Collection<String> coveredSubjects() {
    return schedule.subjects();
  }
}
