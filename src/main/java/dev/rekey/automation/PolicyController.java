package dev.rekey.automation;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.Visibility;
import dev.rekey.automation.PolicyView.Planned;
import dev.rekey.automation.PolicyView.PolicyList;
import dev.rekey.automation.PolicyView.Preview;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.web.Revalidated;
import dev.rekey.policy.Policies;
import dev.rekey.policy.Policy;
import dev.rekey.policy.WaitsFor;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows the policies, and what they rotate when. */
@RestController
@RequestMapping(path = "/api/v1/policies", produces = MediaType.APPLICATION_JSON_VALUE)
public class PolicyController {

  private static final int MAX_DAYS = 366;

  private final Policies policies;
  private final Schedule schedule;
  private final Access access;
  private final Clock clock;

  PolicyController(Policies policies, Schedule schedule, Access access, Clock clock) {
    this.policies = policies;
    this.schedule = schedule;
    this.access = access;
    this.clock = clock;
  }

  @GetMapping
  @Revalidated
  public PolicyList list(Caller caller) {
    Instant now = clock.instant();
    Visibility visible = access.visibleTo(caller);
    List<PlannedRotation> planned =
        schedule.all(now).stream().filter(each -> visible.includes(each.subject())).toList();
    return new PolicyList(
        policies.all().stream().map(policy -> view(policy, planned, now)).toList(),
        policies.freezes(),
        pauses(caller));
  }

  /** The pauses that are not over, of all subjects and of those that the caller may see. */
  public List<Pause> pauses(Caller caller) {
    Visibility visible = access.visibleTo(caller);
    return schedule.pauses(clock.instant()).stream()
        .filter(pause -> pause.subject() == null || visible.includes(pause.subject()))
        .toList();
  }

  private static PolicyView view(Policy policy, List<PlannedRotation> planned, Instant now) {
    List<PlannedRotation> own =
        planned.stream().filter(each -> each.covered().policy().equals(policy)).toList();
    return PolicyView.of(
        policy.outline(),
        own.stream()
            .collect(
                Collectors.groupingBy(
                    each -> each.next().waitsFor(),
                    () -> new TreeMap<WaitsFor, Long>(),
                    Collectors.counting())),
        own.stream().filter(each -> each.next().isOverdue(now)).count(),
        own.stream()
            .map(each -> each.next().at())
            .filter(Objects::nonNull)
            .min(Comparator.naturalOrder())
            .orElse(null));
  }

  /** Shows what starts within some days, and everything that has no time to start. */
  @GetMapping("/preview")
  @Revalidated
  public Preview preview(
      Caller caller, @RequestParam(name = "days", defaultValue = "30") int days) {
    if (days < 1 || days > MAX_DAYS) {
      throw QueryText.invalid("days has to be 1 to " + MAX_DAYS + ".");
    }
    Instant now = clock.instant();
    Instant until = now.plus(Duration.ofDays(days));
    Visibility visible = access.visibleTo(caller);
    Predicate<PlannedRotation> isWanted =
        each -> each.next().at() == null || each.next().at().isBefore(until);
    return new Preview(
        schedule.all(now).stream()
            .filter(each -> visible.includes(each.subject()))
            .filter(isWanted)
            .map(Planned::of)
            .toList());
  }

  /**
   * Finds the next rotation of a subject. Empty if no policy covers the subject, or if the caller
   * may not see it.
   */
  public Optional<Planned> planned(Caller caller, String subject) {
    return access.visibleTo(caller).includes(subject)
        ? schedule.find(subject, clock.instant()).map(Planned::of)
        : Optional.empty();
  }
}
