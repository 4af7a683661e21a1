package dev.rekey.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.rekey.policy.Policies;
import dev.rekey.policy.Policy;
import dev.rekey.policy.PolicyOutline;
import dev.rekey.policy.PolicyOutline.Action;
import dev.rekey.policy.PolicyOutline.Tries;
import dev.rekey.policy.PolicyOutline.Window;
import dev.rekey.policy.PolicyOutline.Windows;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.scheduling.support.CronExpression;

/** Policies, freezes and the limits of their rotations become settings of Rekey. */
class PoliciesTest {

  private static final Path POLICIES = Chart.DIRECTORY.resolve("ci/policies-values.yaml");
  private static final String FIRST = "rekey.policies[0].";
  private static final String SECOND = "rekey.policies[1].";

  @TempDir private Path scratch;

  @Test
  void everyMemberOfAPolicyIsASetting() {
    var settings = Settings.of(Chart.render(POLICIES));

    assertThat(settings.get(FIRST + "name")).isEqualTo("connectors");
    assertThat(settings.all(FIRST + "subjects")).containsExactly("apps/*/connectors/*");
    assertThat(settings.get(FIRST + "actions[0].action")).isEqualTo("notify");
    assertThat(settings.get(FIRST + "actions[0].time-before-expiry")).isEqualTo("P14D");
    assertThat(settings.get(FIRST + "actions[2].action")).isEqualTo("rotate");
    assertThat(settings.get(FIRST + "actions[2].time-after-create")).isEqualTo("P60D");
    assertThat(settings.get(FIRST + "windows.kind")).isEqualTo("allow");
    assertThat(settings.get(FIRST + "windows.zone")).isEqualTo("Europe/Berlin");
    assertThat(settings.get(FIRST + "windows.windows[0].schedule")).isEqualTo("0 9 * * 2-4");
    assertThat(settings.get(FIRST + "windows.windows[0].duration")).isEqualTo("PT6H");
    assertThat(settings.get(FIRST + "overlap")).isEqualTo("P7D");
    assertThat(settings.get(FIRST + "jitter")).isEqualTo("PT2H");
    assertThat(settings.get(FIRST + "ramp")).isEqualTo("P14D");
    assertThat(settings.get(FIRST + "retries.per-cycle")).isEqualTo("2");
    assertThat(settings.get(FIRST + "retries.cycles")).isEqualTo("5");
    assertThat(settings.all(FIRST + "deliver-to")).containsExactly("okta");
  }

  @Test
  void rekeyAcceptsThePoliciesAndFreezes() {
    try (var context = new AnnotationConfigApplicationContext()) {
      var environment = new StandardEnvironment();
      environment.getPropertySources().addFirst(Settings.of(Chart.render(POLICIES)).properties());
      context.setEnvironment(environment);
      context.registerBean(Clock.class, Clock::systemUTC);
      context.register(PolicyProperties.class, Policies.class);
      context.refresh();
      List<Policy> policies = context.getBean(Policies.class).all();

      assertThat(policies)
          .extracting(Policy::name, Policy::rotates)
          .containsExactly(
              tuple("connectors", true),
              tuple("service-accounts", true),
              tuple("everything-else", false),
              tuple("default", false));
      assertThat(policies.getFirst().outline())
          .isEqualTo(
              new PolicyOutline(
                  "connectors",
                  List.of("apps/*/connectors/*"),
                  List.of(
                      new Action("notify", "P14D", null),
                      new Action("rotate", "P7D", null),
                      new Action("rotate", null, "P60D")),
                  new Windows("allow", "Europe/Berlin", List.of(new Window("0 9 * * 2-4", "PT6H"))),
                  "P7D",
                  "PT2H",
                  "P14D",
                  new Tries(2, 5),
                  List.of("okta")));
    }
  }

  @ConfigurationPropertiesScan("dev.rekey.policy")
  static class PolicyProperties {}

  @Test
  void membersThatAreNotGivenAreLeftToRekey() {
    assertThat(Settings.of(Chart.render(POLICIES)).names())
        .filteredOn(name -> name.startsWith(SECOND))
        .containsExactlyInAnyOrder(
            SECOND + "name",
            SECOND + "subjects[0]",
            SECOND + "actions[0].action",
            SECOND + "actions[0].time-after-create",
            SECOND + "windows.kind",
            SECOND + "windows.windows[0].schedule",
            SECOND + "windows.windows[0].duration",
            SECOND + "deliver-to[0]");
  }

  @Test
  void freezesAndTheLimitsAreSettings() {
    var settings = Settings.of(Chart.render(POLICIES));
    String freeze = "rekey.freezes[0].";

    assertThat(settings.get(freeze + "zone")).isEqualTo("Europe/Berlin");
    assertThat(settings.get(freeze + "windows[0].schedule")).isEqualTo("0 0 15 12 *");
    assertThat(settings.get(freeze + "windows[0].duration")).isEqualTo("P22D");
    assertThat(settings.seconds("rekey.automation.check-every")).isEqualTo(30);
    assertThat(settings.get("rekey.automation.max-concurrent")).isEqualTo("4");
  }

  @Test
  void withoutPoliciesNothingIsRendered() {
    assertThat(Settings.of(Chart.render(Chart.MINIMAL)).names())
        .noneMatch(name -> name.matches("rekey\\.(policies|freezes|automation).*"));
    assertThat(Chart.notes(Chart.MINIMAL)).doesNotContain("/api/v1/policies");
  }

  @Test
  void theLimitsHaveTheDefaultsOfRekey() {
    var settings = Settings.of(Chart.render(Chart.MINIMAL, notifying(Map.of())));

    assertThat(settings.seconds("rekey.automation.check-every")).isEqualTo(15);
    assertThat(settings.get("rekey.automation.max-concurrent")).isEqualTo("2");
  }

  @Test
  void theNotesSayWhereToSeeTheFirstRotations() {
    assertThat(Chart.notes(POLICIES))
        .contains("These policies rotate credentials: connectors, service-accounts.")
        .contains("/api/v1/policies/preview?days=30");
    assertThat(Chart.notes(Chart.MINIMAL, notifying(Map.of()))).doesNotContain("/api/v1/policies");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0 9 * * 2-4",
        "*/15 0-6,22,23 * * MON-FRI",
        "0 22 L * ?",
        "30 4 1,15 JAN,jul *",
        "0 3 LW */3 *",
        "0 3 15W * *",
        "0 6 ? * TUE#2",
        "0 6 * * 5L"
      })
  void everyScheduleOfRekeyIsAccepted(String schedule) {
    assertThat(CronExpression.isValidExpression("0 " + schedule)).isTrue();
    assertThat(
            Settings.of(Chart.render(Chart.MINIMAL, notifying(windows(schedule, "PT1H"))))
                .get(FIRST + "windows.windows[0].schedule"))
        .isEqualTo(schedule);
  }

  @ParameterizedTest
  @ValueSource(strings = {"P1D", "PT90M", "P1DT12H", "PT1H30M", "PT30S"})
  void everyPeriodOfRekeyIsAccepted(String period) {
    assertThat(
            Settings.of(Chart.render(Chart.MINIMAL, notifying(windows("0 9 1 * *", period))))
                .seconds(FIRST + "windows.windows[0].duration"))
        .isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"P", "PT", "P1DT", "P1M", "P2W", "-P1D", "p1d", "1d", "86400"})
  void otherPeriodsAreRefused(String period) {
    Path values = notifying(windows("0 9 1 * *", period));

    assertThatThrownBy(() -> Chart.render(Chart.MINIMAL, values))
        .hasMessageContaining("at '/policies/0/windows/windows/0/duration'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"})
  void everyZoneIsAccepted(String zone) {
    List<?> windows = List.of(Map.of("schedule", "0 9 * * *", "duration", "PT1H"));
    Path values = notifying(Map.of("windows", Map.of("zone", zone, "windows", windows)));

    assertThat(Settings.of(Chart.render(Chart.MINIMAL, values)).get(FIRST + "windows.zone"))
        .isEqualTo(zone);
  }

  private static Map<String, Object> windows(String schedule, String duration) {
    return Map.of(
        "windows", Map.of("windows", List.of(Map.of("schedule", schedule, "duration", duration))));
  }

  /** A policy that only notifies, with more members. */
  private Path notifying(Map<String, Object> members) {
    var policy = new LinkedHashMap<>(members);
    policy.put("name", "connectors");
    policy.put("actions", List.of(Map.of("action", "notify", "timeBeforeExpiry", "P14D")));
    Path file = scratch.resolve("policies.yaml");
    Chart.write(file, Map.of("policies", List.of(policy)));
    return file;
  }
}
