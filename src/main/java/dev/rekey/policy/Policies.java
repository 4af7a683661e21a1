package dev.rekey.policy;

import dev.rekey.platform.settings.DnsLabel;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.platform.settings.PropertyFaults;
import dev.rekey.policy.PolicyProperties.ActionKind;
import dev.rekey.policy.PolicyProperties.ActionSettings;
import dev.rekey.policy.PolicyProperties.FreezeSettings;
import dev.rekey.policy.PolicyProperties.PolicySettings;
import dev.rekey.policy.PolicyProperties.RetrySettings;
import dev.rekey.policy.PolicyProperties.WindowKind;
import dev.rekey.policy.PolicyProperties.WindowSettings;
import dev.rekey.policy.PolicyProperties.WindowsSettings;
import dev.rekey.policy.RotateWhen.AfterCreate;
import dev.rekey.policy.RotateWhen.BeforeExpiry;
import dev.rekey.upstream.Subject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** The configured policies, and the default one that applies to all other subjects. */
@Component
public class Policies {

  private static final Duration LONGEST = Duration.ofDays(3_650);
  private static final Duration SHORTEST_AGE = Duration.ofHours(1);
  private static final Duration SHORTEST_WINDOW = Duration.ofMinutes(5);
  private static final Duration SHORTEST_SPREAD = Duration.ofMinutes(1);

  private static final List<Integer> DEFAULT_NOTIFICATIONS = List.of(30, 14, 7, 1);

  /** The policy of subjects that no configured policy matches. */
  static final Policy DEFAULT =
      policy(
          "",
          new PolicySettings(
              "default",
              List.of(),
              DEFAULT_NOTIFICATIONS.stream()
                  .map(days -> new ActionSettings(ActionKind.NOTIFY, Duration.ofDays(days), null))
                  .toList(),
              null,
              null,
              Duration.ZERO,
              Duration.ZERO,
              new RetrySettings(1, 1),
              List.of()),
          List.of(),
          Instant.EPOCH);

  private static final String POLICIES = "rekey.policies[";
  private static final String FREEZES = "rekey.freezes[";

  private final List<Policy> all;
  private final List<PolicyOutline.Windows> freezes;
  private final Optional<String> rotations;

  @Autowired
  Policies(PolicyProperties properties, Clock clock) {
    this(properties, clock.instant());
  }

  /** For tests; {@code now} decides whether windows ever come. */
  Policies(PolicyProperties properties, Instant now) {
    var policies = new ArrayList<>(rules(properties.policies(), properties.freezes(), now));
    policies.add(DEFAULT);
    this.all = List.copyOf(policies);
    this.freezes = properties.freezes().stream().map(PolicyOutline::freeze).toList();
    this.rotations =
        all.stream().anyMatch(Policy::rotates)
            ? Optional.of(properties.toString())
            : Optional.empty();
  }

  /** The policies that settings describe. Throws a {@link PropertyException} if one is invalid. */
  static List<Policy> rules(
      List<PolicySettings> settings, List<FreezeSettings> freezes, Instant now) {
    var names = new HashSet<String>();
    var policies = new ArrayList<Policy>();
    var faults = new PropertyFaults();
    var frozen = new ArrayList<RecurringWindow>();
    for (int i = 0; i < freezes.size(); i++) {
      FreezeSettings freeze = freezes.get(i);
      String property = FREEZES + i + "].";
      faults.check(
          () ->
              frozen.addAll(
                  recurring(property, freeze.windows(), freeze.zone(), WindowKind.DENY, now)));
    }
    for (int i = 0; i < settings.size(); i++) {
      PolicySettings each = settings.get(i);
      String property = POLICIES + i + "].";
      faults.check(() -> requireName(property + "name", each.name(), names));
      faults.check(() -> policies.add(policy(property, each, frozen, now)));
    }
    faults.refuse();
    return List.copyOf(policies);
  }

  /** A text that is the same for equal policies that rotate; empty if none rotates. */
  public Optional<String> rotations() {
    return rotations;
  }

  /** The times in which no policy rotates, as they are configured. */
  public List<PolicyOutline.Windows> freezes() {
    return freezes;
  }

  /** The policy of a subject: the first that matches. */
  public Policy of(Subject subject) {
    return all.stream().filter(one -> one.matches(subject)).findFirst().orElseThrow();
  }

  /** All policies in the order in which they are matched, the default one last. */
  public List<Policy> all() {
    return all;
  }

  /** Their names. */
  public String[] names() {
    return all.stream().map(Policy::name).toArray(String[]::new);
  }

  /** The property of the n-th policy, for a message about it. */
  public static String property(int policy, String name) {
    return POLICIES + policy + "]." + name;
  }

  /** An invalid property of a policy. */
  public static PropertyException invalid(String property, String expectation) {
    return new PropertyException(property, expectation + " (docs/policies.md)");
  }

  private static void requireName(String property, @Nullable String name, Set<String> names) {
    if (name == null || !DnsLabel.isValid(name)) {
      throw invalid(property, DnsLabel.FORM);
    }
    if (name.equals(DEFAULT.name())) {
      throw invalid(property, "has to differ from default, the policy of all other subjects");
    }
    if (!names.add(name)) {
      throw invalid(property, "is the name of another policy, too");
    }
  }

  private static Policy policy(
      String property, PolicySettings settings, List<RecurringWindow> freezes, Instant now) {
    var faults = new PropertyFaults();
    var notifyDays = new LinkedHashSet<Integer>();
    var rotateWhen = new ArrayList<RotateWhen>();
    for (int i = 0; i < settings.actions().size(); i++) {
      ActionSettings action = settings.actions().get(i);
      String name = property + "actions[" + i + "]";
      faults.check(
          () -> {
            switch (kind(name, action)) {
              case NOTIFY -> notifyDays.add(days(name, action));
              case ROTATE -> rotateWhen.add(rotateWhen(name, action));
            }
          });
    }
    if (settings.actions().isEmpty()) {
      faults.add(invalid(property + "actions", "has to have at least one action"));
    }
    if (settings.deliverTo().isEmpty()
        && settings.actions().stream().anyMatch(each -> each.action() == ActionKind.ROTATE)) {
      faults.add(
          invalid(
              property + "deliver-to",
              "has to name at least one delivery target, because the policy rotates"));
    }
    faults.check(() -> requireSpread(property + "overlap", settings.overlap()));
    faults.check(() -> requireSpread(property + "jitter", settings.jitter()));
    faults.check(() -> requireSpread(property + "ramp", settings.ramp()));
    faults.check(() -> requireShortOverlap(property + "overlap", settings));
    var windows = new ArrayList<ChangeWindows>();
    faults.check(() -> windows.add(windows(property + "windows.", settings, freezes, now)));
    faults.refuse();
    return new Policy(
        String.valueOf(settings.name()),
        settings.subjects(),
        notifyDays,
        rotateWhen,
        windows.getFirst(),
        settings.overlap(),
        settings.jitter(),
        settings.ramp(),
        new Retries(settings.retries().perCycle(), settings.retries().cycles()),
        settings.deliverTo(),
        PolicyOutline.of(settings));
  }

  private static ActionKind kind(String property, ActionSettings action) {
    if (action.action() == null) {
      throw invalid(property + ".action", "has to be notify or rotate");
    }
    if ((action.timeAfterCreate() == null) == (action.timeBeforeExpiry() == null)) {
      throw invalid(
          property, "has to have either time-before-expiry or time-after-create, such as P60D");
    }
    return action.action();
  }

  private static int days(String property, ActionSettings action) {
    if (action.timeBeforeExpiry() == null) {
      throw invalid(
          property + ".time-after-create",
          "is not possible for notify: set time-before-expiry, and rekey.expiry.max-age for"
              + " credentials without an expiry");
    }
    String name = property + ".time-before-expiry";
    Duration before =
        length(name, action.timeBeforeExpiry(), Duration.ofNanos(1), "longer than 0, such as P60D");
    if (!before.equals(Duration.ofDays(before.toDays()))) {
      throw invalid(name, "has to be whole days for notify, as P14D");
    }
    return Math.toIntExact(before.toDays());
  }

  private static RotateWhen rotateWhen(String property, ActionSettings action) {
    String form = "at least 1 hour, such as P60D";
    return action.timeAfterCreate() == null
        ? new BeforeExpiry(
            length(property + ".time-before-expiry", action.timeBeforeExpiry(), SHORTEST_AGE, form))
        : new AfterCreate(
            length(property + ".time-after-create", action.timeAfterCreate(), SHORTEST_AGE, form));
  }

  // A number without a unit counts milliseconds, which nobody means.
  private static Duration length(
      String property, @Nullable Duration time, Duration shortest, String form) {
    if (time == null || time.compareTo(shortest) < 0 || time.compareTo(LONGEST) > 0) {
      throw invalid(property, "has to be " + form + ", and at most 3650 days");
    }
    return time;
  }

  private static void requireSpread(String property, @Nullable Duration time) {
    if (time != null && !time.isZero() && time.compareTo(SHORTEST_SPREAD) < 0) {
      throw invalid(property, "has to be 0, or at least 1 minute, such as PT2H");
    }
  }

  // Otherwise Rekey mints faster than it ends old credentials.
  private static void requireShortOverlap(String property, PolicySettings settings) {
    for (ActionSettings action : settings.actions()) {
      Duration age = action.timeAfterCreate();
      if (settings.overlap() != null && age != null && settings.overlap().compareTo(age) >= 0) {
        throw invalid(property, "has to be shorter than time-after-create");
      }
    }
  }

  private static ChangeWindows windows(
      String property, PolicySettings policy, List<RecurringWindow> freezes, Instant now) {
    var denied = new ArrayList<>(freezes);
    WindowsSettings settings = policy.windows();
    List<RecurringWindow> allowed = List.of();
    if (settings != null) {
      List<RecurringWindow> own =
          recurring(property, settings.windows(), settings.zone(), settings.kind(), now);
      if (settings.kind() == WindowKind.ALLOW) {
        allowed = own;
      } else {
        denied.addAll(own);
      }
    }
    var windows = new ChangeWindows(allowed, denied);
    if (windows.areNever(now)) {
      throw invalid(property + "windows", "leaves no time to rotate within five years");
    }
    return windows;
  }

  private static List<RecurringWindow> recurring(
      String property, List<WindowSettings> windows, ZoneId zone, WindowKind kind, Instant now) {
    if (windows.isEmpty()) {
      throw invalid(property + "windows", "has to have at least one window");
    }
    var faults = new PropertyFaults();
    var recurring = new ArrayList<RecurringWindow>();
    for (int i = 0; i < windows.size(); i++) {
      WindowSettings window = windows.get(i);
      String name = property + "windows[" + i + "].";
      faults.check(() -> recurring.add(recurring(name, window, zone, kind, now)));
    }
    faults.refuse();
    return recurring;
  }

  private static RecurringWindow recurring(
      String property, WindowSettings window, ZoneId zone, WindowKind kind, Instant now) {
    Duration length =
        length(
            property + "duration",
            window.duration(),
            SHORTEST_WINDOW,
            "at least 5 minutes, such as PT6H");
    RecurringWindow recurring;
    try {
      recurring =
          RecurringWindow.parse(
              String.valueOf(window.schedule()), zone, length, kind == WindowKind.DENY);
    } catch (IllegalArgumentException e) {
      throw invalid(
          property + "schedule",
          "has to be a cron expression of five fields: one minute, hour, day of month, month and"
              + " day of week, such as 0 9 * * 2-4");
    }
    if (!recurring.comesAfter(now)) {
      throw invalid(property + "schedule", "describes a time that never comes");
    }
    return recurring;
  }
}
