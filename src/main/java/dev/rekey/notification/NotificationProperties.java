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
 * Who is told of what happens, and how hard that is tried.
 *
 * @param targets the receivers; default none
 * @param source what events say they come from, a URI; default {@code /rekey}. Set it where one
 *     receiver is told by several Rekeys
 * @param deliverEvery pause between two looks for what is due; default 1 s
 * @param giveUpAfter how long a webhook is tried, or waits for its turn, before it is a dead
 *     letter; default 3 d
 * @param keepDelivered how long one that was delivered can still be seen; default 7 d
 * @param keepDead how long a dead letter can be put back; default 90 d
 */
@Validated
@ConfigurationProperties("rekey.notifications")
record NotificationProperties(
    @DefaultValue List<@Valid Receiver> targets,
    @DefaultValue("/rekey") URI source,
    @DefaultValue(DELIVER_EVERY) @DurationMin(millis = 1) Duration deliverEvery,
    @DefaultValue("3d") @DurationMin Duration giveUpAfter,
    @DefaultValue("7d") @DurationMin Duration keepDelivered,
    @DefaultValue("90d") @DurationMin Duration keepDead) {

  static final String DELIVER_EVERY = "1s";

  /** Throws a {@link dev.rekey.platform.settings.PropertyException} if one must not be sent to. */
  NotificationProperties {
    Targets.of(targets);
  }

  /**
   * One receiver, before {@link Targets} has looked at it.
   *
   * @param name what logs, metrics and the API call it
   * @param url where it listens; kept like a secret, because many have a token in it
   * @param secrets what its webhooks are signed with, each at least 24 bytes: all of them at once,
   *     so that one can take another's place
   * @param types the types of events that it is told of; default all that there are
   * @param timeout how long one delivery may take in all; at most 30 s, because a stop waits for
   *     it; default 10 s
   */
  record Receiver(
      @Nullable String name,
      @Nullable Secret url,
      @DefaultValue List<Secret> secrets,
      @DefaultValue List<String> types,
      @DefaultValue("10s") @DurationMin(millis = 1) @DurationMax(seconds = 30) Duration timeout) {}
}
