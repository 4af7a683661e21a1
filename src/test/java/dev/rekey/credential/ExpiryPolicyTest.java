package dev.rekey.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.policy.Policies;
import dev.rekey.policy.TestPolicies;
import dev.rekey.upstream.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** The policy that environment variables configure. */
class ExpiryPolicyTest {

  private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");
  private static final String PREFIX = "REKEY_EXPIRY_OVERRIDES_";

  @Test
  void maximumAgeIsAYearByDefault() {
    assertThat(age(Map.of(), "keycard", "organizations/acme/service-accounts/checkout"))
        .isEqualTo(Duration.ofDays(365));
  }

  @Test
  void firstMatchingOverrideWins() {
    var settings =
        Map.of(
            "REKEY_EXPIRY_MAX_AGE",
            "200d",
            PREFIX + "0_SUBJECTS_0",
            "apps/crm/connectors/github",
            PREFIX + "0_SUBJECTS_1",
            "organizations/acme/service-accounts/checkout",
            PREFIX + "0_MAX_AGE",
            "30d",
            PREFIX + "1_SUBJECTS_0",
            "apps/crm/connectors/*",
            PREFIX + "1_MAX_AGE",
            "12h",
            PREFIX + "2_SUBJECTS_0",
            "organizations/acme/service-accounts/indexer",
            PREFIX + "2_MAX_AGE",
            "0");

    assertThat(age(settings, "conductorone", "apps/crm/connectors/github"))
        .isEqualTo(Duration.ofDays(30));
    assertThat(age(settings, "keycard", "organizations/acme/service-accounts/checkout"))
        .isEqualTo(Duration.ofDays(30));
    assertThat(age(settings, "conductorone", "apps/crm/connectors/okta"))
        .isEqualTo(Duration.ofHours(12));
    assertThat(
            policy(settings)
                .expiry(subject("keycard", "organizations/acme/service-accounts/indexer"), CREATED))
        .isNull();
    assertThat(age(settings, "conductorone", "apps/hr/connectors/okta"))
        .isEqualTo(Duration.ofDays(200));
  }

  @ParameterizedTest
  @CsvSource({"30d, 30", "15d, 30", "14d, 14", "8d, 14", "7d, 7", "25h, 7", "24h, 1", "1s, 1"})
  void nearestReachedThresholdCounts(String left, int threshold) {
    var thresholds = new ExpiryThresholds(List.of(1, 30, 7, 14));

    assertThat(thresholds.reached(CREATED.plus(DurationStyle.detectAndParse(left)), CREATED))
        .isEqualTo(threshold);
  }

  @Test
  void thresholdOfAPassedExpiryIsTheExpiry() {
    var thresholds = new ExpiryThresholds(List.of(30));

    assertThat(thresholds.reached(CREATED, CREATED)).isZero();
    assertThat(thresholds.reached(CREATED, CREATED.plusSeconds(1))).isZero();
    assertThatThrownBy(() -> thresholds.reached(CREATED.plus(Duration.ofDays(31)), CREATED))
        .isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void policyOfTheSubjectDecidesWhenItsExpiryIsNotified() {
    Policies policies =
        TestPolicies.of(
            Map.of(
                "policies[0].name", "connectors",
                "policies[0].subjects", "apps/*/connectors/*",
                "policies[0].actions[0].action", "notify",
                "policies[0].actions[0].time-before-expiry", "P3D"),
            CREATED);
    var policy =
        new ExpiryPolicy(
            new ExpiryProperties(Duration.ZERO, List.of(), Duration.ofSeconds(30)), policies);

    assertThat(
            policy
                .thresholds(subject("conductorone", "apps/crm/connectors/okta"))
                .notifyAt(CREATED, null))
        .isEqualTo(CREATED.minus(Duration.ofDays(3)));
    assertThat(
            policy
                .thresholds(subject("keycard", "organizations/acme/service-accounts/checkout"))
                .notifyAt(CREATED, null))
        .isEqualTo(CREATED.minus(Duration.ofDays(30)));
  }

  @Test
  void policiesWithEqualSettingsHaveTheSameId() {
    ExpiryPolicy other = policy(Map.of("REKEY_EXPIRY_MAX_AGE", "200d"));

    assertThat(policy(Map.of()).id()).isEqualTo(policy(Map.of()).id()).isNotEqualTo(other.id());
  }

  private static Duration age(Map<String, String> settings, String upstream, String name) {
    return Duration.between(
        CREATED, Objects.requireNonNull(policy(settings).expiry(subject(upstream, name), CREATED)));
  }

  private static Subject subject(String upstream, String name) {
    return Subject.of(upstream, name);
  }

  private static ExpiryPolicy policy(Map<String, String> settings) {
    var variables =
        new SystemEnvironmentPropertySource(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.copyOf(settings));
    var binder = new Binder(Objects.requireNonNull(ConfigurationPropertySource.from(variables)));
    return new ExpiryPolicy(
        binder.bindOrCreate("rekey.expiry", ExpiryProperties.class), TestPolicies.none());
  }
}
