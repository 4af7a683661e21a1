package dev.rekey.policy;

import dev.rekey.access.SubjectPattern;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The policies. {@link Policies} makes rules of them.
 *
 * @param policies the first that matches a subject applies to it; default none
 * @param freezes times in which no policy rotates; default none
 */
@Validated
@ConfigurationProperties("rekey")
record PolicyProperties(
    @DefaultValue List<@Valid PolicySettings> policies,
    @DefaultValue List<@Valid FreezeSettings> freezes) {

  PolicyProperties {
    Policies.rules(policies, freezes, Clock.systemUTC().instant());
  }

  /** The kinds of actions. */
  enum ActionKind {
    /** Records an event before the expiry. */
    NOTIFY,
    /** Rotates the credential, and delivers the new secret. */
    ROTATE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether rotations may start within windows, or outside them. */
  enum WindowKind {
    ALLOW,
    DENY;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A policy.
   *
   * @param name the name in the API and the history
   * @param subjects patterns of its subjects; default all
   * @param actions what it does and when; at least one
   * @param windows its change windows; default none, so that it rotates at any time
   * @param overlap how long an old credential stays valid after the first use of the new one, where
   *     the upstream lets both be valid; default 24 h
   * @param jitter by how much rotations that are due at the same time are spread; default 2 h
   * @param ramp the time over which credentials are spread that are overdue when the policy is new;
   *     default 7 d
   * @param deliverTo names of delivery targets
   */
  record PolicySettings(
      @Nullable String name,
      @DefaultValue List<SubjectPattern> subjects,
      @DefaultValue List<ActionSettings> actions,
      @Nullable WindowsSettings windows,
      @Nullable @DurationMin @DurationMax(days = 30) Duration overlap,
      @DefaultValue("2h") @DurationMin @DurationMax(days = 30) Duration jitter,
      @DefaultValue("7d") @DurationMin @DurationMax(days = 90) Duration ramp,
      @DefaultValue @Valid RetrySettings retries,
      @DefaultValue List<String> deliverTo) {}

  /**
   * An action, and one of the two times at which it is due.
   *
   * @param timeBeforeExpiry null for the other
   * @param timeAfterCreate null for the other
   */
  record ActionSettings(
      @Nullable ActionKind action,
      @Nullable Duration timeBeforeExpiry,
      @Nullable Duration timeAfterCreate) {}

  /**
   * Change windows.
   *
   * @param kind whether rotations may start within them, or outside them; default within
   * @param zone the time zone of the schedules; default UTC
   */
  record WindowsSettings(
      @DefaultValue("allow") WindowKind kind,
      @DefaultValue("UTC") ZoneId zone,
      @DefaultValue List<WindowSettings> windows) {}

  /**
   * A window that begins again and again.
   *
   * @param schedule cron expression of its beginnings: minute, hour, day of month, month, day of
   *     week
   * @param duration how long it lasts
   */
  record WindowSettings(@Nullable String schedule, @Nullable Duration duration) {}

  /**
   * How often a failed rotation is tried again.
   *
   * @param perCycle tries in one change window, or in one day if there are no windows; default 3
   * @param cycles windows or days in which it is tried; default 3
   */
  record RetrySettings(
      @DefaultValue("3") @Min(1) @Max(10) int perCycle,
      @DefaultValue("3") @Min(1) @Max(10) int cycles) {}

  /**
   * Times in which nothing is rotated.
   *
   * @param zone the time zone of the schedules; default UTC
   */
  record FreezeSettings(
      @DefaultValue("UTC") ZoneId zone, @DefaultValue List<WindowSettings> windows) {}
}
