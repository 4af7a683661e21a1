package dev.rekey.delivery;

import dev.rekey.platform.settings.DnsLabel;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.platform.settings.PropertyFaults;
import dev.rekey.upstream.SubjectForm;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where new secrets are delivered.
 *
 * @param targets the places, each for one subject; default none
 * @param holdFor how long a secret that was not delivered yet stays in memory, before a new one is
 *     minted in its place; default 15 min
 * @param respondWithin how long a response waits for its delivery; default and maximum 10 s
 */
@Validated
@ConfigurationProperties("rekey.delivery")
public record DeliveryProperties(
    @DefaultValue List<Target> targets,
    @DefaultValue("15m") @DurationMin(seconds = 1) @DurationMax(hours = 24) Duration holdFor,
    @DefaultValue("10s") @DurationMin @DurationMax(seconds = 10) Duration respondWithin) {

  private static final String TARGETS = "rekey.delivery.targets";

  /** Throws a {@link PropertyException} if a target is invalid. */
  public DeliveryProperties {
    var names = new HashSet<String>();
    var subjects = new HashSet<String>();
    var faults = new PropertyFaults();
    for (int i = 0; i < targets.size(); i++) {
      Target target = targets.get(i);
      String property = TARGETS + "[" + i + "].";
      faults.check(() -> requireLabel(property + "name", target.name()));
      faults.check(() -> requireNew(property + "name", target.name(), names));
      faults.check(() -> requireSubject(property + "subject", target.subject()));
      faults.check(() -> requireNew(property + "subject", target.subject(), subjects));
    }
    faults.refuse();
  }

  /**
   * A place.
   *
   * @param name the name in the API and the history
   * @param kind the kind of place; default {@code kubernetes}
   * @param subject the subject whose secrets are delivered there
   * @param namespace the namespace of the Secret
   * @param secret the name of the Secret
   * @param preset the names of the two keys: {@code baton} (default) or {@code generic}
   * @param keys other names of the two keys
   * @param restart the workloads in the same namespace that read the Secret, such as {@code
   *     deployment/okta-connector}; default none
   */
  public record Target(
      @Nullable String name,
      @DefaultValue("kubernetes") String kind,
      @Nullable String subject,
      @Nullable String namespace,
      @Nullable String secret,
      @DefaultValue("baton") String preset,
      @DefaultValue Keys keys,
      @DefaultValue List<String> restart) {

    /** The same place, with another name of its subject. */
    Target withSubject(String subject) {
      return new Target(name, kind, subject, namespace, secret, preset, keys, restart);
    }
  }

  /** Names of keys in a Secret; null for that of the preset. */
  public record Keys(@Nullable String clientId, @Nullable String clientSecret) {}

  /** The name of a property of the n-th target. */
  public static String property(int target, String name) {
    return TARGETS + "[" + target + "]." + name;
  }

  /** An invalid property of a target. */
  public static PropertyException invalid(String property, String expectation) {
    return new PropertyException(property, expectation + " (docs/delivery.md)");
  }

  /** Throws a {@link PropertyException} unless the value is a DNS label (RFC 1123). */
  public static String requireLabel(String property, @Nullable String value) {
    if (value == null || !DnsLabel.isValid(value)) {
      throw invalid(property, DnsLabel.FORM);
    }
    return value;
  }

  private static void requireSubject(String property, @Nullable String value) {
    if (value == null || !SubjectForm.isName(value)) {
      throw invalid(property, "has to be one subject, such as " + SubjectForm.all());
    }
  }

  private static void requireNew(String property, @Nullable String value, Set<String> seen) {
    if (value != null && !seen.add(value)) {
      throw invalid(property, "is that of another target, too");
    }
  }
}
