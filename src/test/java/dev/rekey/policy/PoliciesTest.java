package dev.rekey.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.upstream.Subject;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the settings of policies mean, and which are refused. */
class PoliciesTest {

  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  @Test
  void firstMatchingPolicyApplies() {
    Policies policies =
        TestPolicies.of(
            Map.of(
                "policies[0].name", "okta",
                "policies[0].subjects", "apps/crm/connectors/okta",
                "policies[0].actions[0].action", "notify",
                "policies[0].actions[0].time-before-expiry", "P3D",
                "policies[1].name", "connectors",
                "policies[1].subjects", "apps/*/connectors/*",
                "policies[1].actions[0].action", "notify",
                "policies[1].actions[0].time-before-expiry", "P5D"),
            NOW);

    assertThat(policies.of(subject("apps/crm/connectors/okta")).name()).isEqualTo("okta");
    assertThat(policies.of(subject("apps/crm/connectors/github")).name()).isEqualTo("connectors");
    assertThat(policies.of(subject("organizations/acme/service-accounts/x")).name())
        .isEqualTo("default");
  }

  @Test
  void defaultPolicyOnlyNotifies() {
    Policy policy = TestPolicies.none().of(subject("apps/crm/connectors/okta"));

    assertThat(policy.notifyDays()).containsExactlyInAnyOrder(30, 14, 7, 1);
    assertThat(policy.rotates()).isFalse();
  }

  @Test
  void policyIsShownAsItIsConfigured() {
    PolicyOutline outline =
        TestPolicies.of(settings(Map.of("overlap", "P7D", "ramp", "PT36H")), NOW)
            .of(subject("apps/crm/connectors/okta"))
            .outline();

    assertThat(outline.actions()).containsExactly(new PolicyOutline.Action("rotate", null, "P60D"));
    assertThat(outline.overlap()).isEqualTo("P7D");
    assertThat(outline.ramp()).isEqualTo("PT36H");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          name | Connectors | REKEY_POLICIES_0_NAME (rekey.policies[0].name) has to have 1 to 63 lower-case
          name | default | has to differ from default
          deliver-to | | rekey.policies[0].deliver-to) has to name at least one delivery target
          actions[0].action | | rekey.policies[0].actions[0].action) has to be notify or rotate
          actions[0].time-before-expiry | P3D | rekey.policies[0].actions[0]) has to have either
          actions[0].time-after-create | | rekey.policies[0].actions[0]) has to have either
          actions[0].time-after-create | PT0S | has to be at least 1 hour
          actions[0].time-after-create | 60 | has to be at least 1 hour
          overlap | P60D | rekey.policies[0].overlap) has to be shorter than time-after-create
          overlap | 7 | rekey.policies[0].overlap) has to be 0, or at least 1 minute
          jitter | 2 | rekey.policies[0].jitter) has to be 0, or at least 1 minute
          ramp | 30 | rekey.policies[0].ramp) has to be 0, or at least 1 minute
          actions[0].action | notify | is not possible for notify
          windows.windows[0].schedule | 0 9 * * | windows[0].schedule) has to be a cron expression of five fields
          windows.windows[0].schedule | 0 9 31 2 * | describes a time that never comes
          windows.windows[0].schedule | * 9 * * * | windows[0].schedule) has to be a cron expression of five fields
          windows.windows[0].duration | P3651D | at most 3650 days
          actions[0].time-after-create | P99999999D | at most 3650 days
          windows.windows[0].duration | PT0S | windows[0].duration) has to be at least 5 minutes
          windows.windows[0].duration | PT299S | windows[0].duration) has to be at least 5 minutes
          """)
  void otherSettingsAreRefusedInOneLine(String setting, String value, String message) {
    var settings = new HashMap<String, String>();
    settings.put("windows.windows[0].schedule", "0 9 * * 2-4");
    settings.put("windows.windows[0].duration", "PT6H");
    if (value != null) {
      settings.put(setting, value);
    }
    Map<String, String> all = settings(settings);
    if (value == null) {
      all.remove("policies[0]." + setting);
    }

    assertThatThrownBy(() -> TestPolicies.of(all, NOW))
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void freezeThatCoversEveryWindowIsRefused() {
    Map<String, String> settings =
        settings(
            Map.of(
                "windows.windows[0].schedule", "0 9 * * *", "windows.windows[0].duration", "PT1H"));
    settings.put("freezes[0].windows[0].schedule", "0 8 * * *");
    settings.put("freezes[0].windows[0].duration", "PT4H");

    assertThatThrownBy(() -> TestPolicies.of(settings, NOW))
        .hasMessageContaining("leaves no time to rotate within five years");
  }

  @Test
  void notificationsHaveTheBoundOfOtherTimes() {
    Map<String, String> settings = settings(Map.of());
    settings.put("policies[0].actions[1].action", "notify");
    settings.put("policies[0].actions[1].time-before-expiry", "P3651D");

    assertThatThrownBy(() -> TestPolicies.of(settings, NOW))
        .hasMessageContaining("at most 3650 days");
  }

  @Test
  void notificationsAreInWholeDays() {
    Map<String, String> settings = settings(Map.of());
    settings.put("policies[0].actions[1].action", "notify");
    settings.put("policies[0].actions[1].time-before-expiry", "PT12H");

    assertThatThrownBy(() -> TestPolicies.of(settings, NOW))
        .hasMessageContaining("has to be whole days for notify");
  }

  private static Map<String, String> settings(Map<String, String> more) {
    var settings = new HashMap<String, String>();
    settings.put("policies[0].name", "connectors");
    settings.put("policies[0].actions[0].action", "rotate");
    settings.put("policies[0].actions[0].time-after-create", "P60D");
    settings.put("policies[0].deliver-to", "okta-secret");
    more.forEach((name, value) -> settings.put("policies[0]." + name, value));
    return settings;
  }

  private static Subject subject(String name) {
    return Subject.of("conductorone", name);
  }
}
