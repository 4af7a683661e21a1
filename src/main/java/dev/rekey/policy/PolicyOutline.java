package dev.rekey.policy;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rekey.access.SubjectPattern;
import dev.rekey.policy.PolicyProperties.FreezeSettings;
import dev.rekey.policy.PolicyProperties.PolicySettings;
import dev.rekey.policy.PolicyProperties.WindowKind;
import dev.rekey.policy.PolicyProperties.WindowSettings;
import dev.rekey.policy.PolicyProperties.WindowsSettings;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A policy as it is configured, for people. Durations have the form of ISO 8601.
 *
 * @param subjects patterns; empty for all
 * @param windows null for none
 * @param overlap null for the default of rotations
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record PolicyOutline(
    String name,
    List<String> subjects,
    List<Action> actions,
    @Nullable Windows windows,
    @Nullable String overlap,
    String jitter,
    String ramp,
    Tries retries,
    List<String> deliverTo) {

  /** An action; one of its times is null. */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Action(
      String action, @Nullable String timeBeforeExpiry, @Nullable String timeAfterCreate) {}

  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Windows(String kind, String zone, List<Window> windows) {}

  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Window(String schedule, String duration) {}

  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Tries(int perCycle, int cycles) {}

  static PolicyOutline of(PolicySettings settings) {
    WindowsSettings windows = settings.windows();
    return new PolicyOutline(
        String.valueOf(settings.name()),
        settings.subjects().stream().map(SubjectPattern::toString).toList(),
        settings.actions().stream()
            .map(
                each ->
                    new Action(
                        String.valueOf(each.action()),
                        text(each.timeBeforeExpiry()),
                        text(each.timeAfterCreate())))
            .toList(),
        windows == null ? null : windows(windows.kind(), windows.zone(), windows.windows()),
        text(settings.overlap()),
        String.valueOf(text(settings.jitter())),
        String.valueOf(text(settings.ramp())),
        new Tries(settings.retries().perCycle(), settings.retries().cycles()),
        settings.deliverTo());
  }

  static Windows freeze(FreezeSettings freeze) {
    return windows(WindowKind.DENY, freeze.zone(), freeze.windows());
  }

  private static Windows windows(WindowKind kind, ZoneId zone, List<WindowSettings> windows) {
    return new Windows(
        kind.toString(), zone.getId(), windows.stream().map(PolicyOutline::window).toList());
  }

  private static Window window(WindowSettings window) {
    return new Window(String.valueOf(window.schedule()), String.valueOf(text(window.duration())));
  }

  // Duration writes 60 days as PT1440H.
  private static @Nullable String text(@Nullable Duration time) {
    if (time == null) {
      return null;
    }
    return time.isPositive() && time.equals(Duration.ofDays(time.toDays()))
        ? "P" + time.toDays() + "D"
        : time.toString();
  }
}
