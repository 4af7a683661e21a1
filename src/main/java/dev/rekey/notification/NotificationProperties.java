package dev.rekey.notification;

import dev.rekey.upstream.Secret;
import jakarta.validation.Valid;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The targets of webhooks, and how they are delivered.
 *
 * @param targets the targets; default none
 * @param source the CloudEvents {@code source}, a URI; default {@code /rekey}. Set it if one
 *     receiver gets webhooks of several Rekeys
 * @param deliverEvery interval of the check for due webhooks; default 1 s
 * @param giveUpAfter how long a webhook is pending before it becomes a dead letter; default 3 d
 * @param keepDelivered how long delivered webhooks are kept; default 7 d
 * @param keepDead how long dead letters are kept; default 90 d
 */
@Validated
@ConfigurationProperties("rekey.notifications")
record NotificationProperties(
    @DefaultValue List<@Valid TargetProperties> targets,
    @DefaultValue("/rekey") URI source,
    @DefaultValue(DELIVER_EVERY) @DurationMin(millis = 1) Duration deliverEvery,
    @DefaultValue("3d") @DurationMin Duration giveUpAfter,
    @DefaultValue("7d") @DurationMin Duration keepDelivered,
    @DefaultValue("90d") @DurationMin Duration keepDead) {

  static final String DELIVER_EVERY = "1s";

  /** Throws a {@link dev.rekey.platform.settings.PropertyException} if a target is invalid. */
  NotificationProperties {
    Targets.read(targets);
  }

  /**
   * The settings of one target.
   *
   * @param name the name in logs, metrics and the API
   * @param url where webhooks are sent; a secret, because many URLs contain a token
   * @param secrets the signing secrets, each at least 24 bytes. All of them sign, so that one can
   *     replace another
   * @param types the event types to send; default all
   * @param timeout how long one delivery may take in total; at most 30 s, because a shutdown waits
   *     for it; default 10 s
   */
  record TargetProperties(
      @Nullable String name,
      @Nullable Secret url,
      @DefaultValue List<Secret> secrets,
      @DefaultValue List<String> types,
      @DefaultValue("10s") @DurationMin(millis = 1) @DurationMax(seconds = 30) Duration timeout) {}
}
