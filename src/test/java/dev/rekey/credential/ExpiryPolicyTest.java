package dev.rekey.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamName;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** The policy that environment variables make. */
class ExpiryPolicyTest {

  private static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");
  private static final String PREFIX = "REKEY_EXPIRY_OVERRIDES_";

  @Test
  void withoutAWordEverythingHasAYear() {
    assertThat(age(Map.of(), "keycard", "organizations/acme/service-accounts/checkout"))
        .isEqualTo(Duration.ofDays(365));
  }

  @Test
  void ofTheOverridesTheFirstThatFitsCounts() {
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
                .expiry(subject("keycard", "organizations/acme/service-accounts/indexer"), MADE))
        .isNull();
    assertThat(age(settings, "conductorone", "apps/hr/connectors/okta"))
        .isEqualTo(Duration.ofDays(200));
  }

  private static Duration age(Map<String, String> settings, String upstream, String name) {
    return Duration.between(
        MADE, Objects.requireNonNull(policy(settings).expiry(subject(upstream, name), MADE)));
  }

  private static Subject subject(String upstream, String name) {
    return new Subject(new UpstreamName(upstream), name);
  }

  private static ExpiryPolicy policy(Map<String, String> settings) {
    var variables =
        new SystemEnvironmentPropertySource(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.copyOf(settings));
    var binder = new Binder(Objects.requireNonNull(ConfigurationPropertySource.from(variables)));
    return new ExpiryPolicy(binder.bindOrCreate("rekey.expiry", ExpiryProperties.class));
  }
}
