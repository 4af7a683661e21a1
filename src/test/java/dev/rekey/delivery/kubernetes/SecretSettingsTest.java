package dev.rekey.delivery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.delivery.DeliveryProperties;
import dev.rekey.delivery.DeliveryProperties.Keys;
import dev.rekey.delivery.DeliveryProperties.Target;
import dev.rekey.platform.settings.PropertyException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings of targets are read or refused at the start, with the name of the setting. */
class SecretSettingsTest {

  private static final String OKTA = "apps/crm/connectors/okta";

  @ParameterizedTest
  @CsvSource({"baton, BATON_CLIENT_ID, BATON_CLIENT_SECRET", "generic, CLIENT_ID, CLIENT_SECRET"})
  void aPresetNamesTheKeysThatAConsumerReads(String preset, String clientId, String clientSecret) {
    SecretSettings settings = read(target("identity", "okta", preset, NO_KEYS, List.of()));

    assertThat(settings.clientIdKey()).isEqualTo(clientId);
    assertThat(settings.clientSecretKey()).isEqualTo(clientSecret);
    assertThat(settings.place()).isEqualTo("kubernetes/identity/okta");
  }

  @Test
  void aKeyMayHaveAnotherName() {
    SecretSettings settings =
        read(target("identity", "okta", "baton", new Keys(null, "client.secret"), List.of()));

    assertThat(settings.clientIdKey()).isEqualTo("BATON_CLIENT_ID");
    assertThat(settings.clientSecretKey()).isEqualTo("client.secret");
  }

  @Test
  void workloadsAreOfThreeKinds() {
    SecretSettings settings =
        read(
            target(
                "identity",
                "okta",
                "baton",
                NO_KEYS,
                List.of("deployment/a", "statefulset/b.c", "daemonset/d-1")));

    assertThat(settings.restart())
        .extracting(Workload::toString)
        .containsExactly("deployment/a", "statefulset/b.c", "daemonset/d-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pod/a", "deployment", "deployment/", "deployment/A", "a/b/c", ""})
  void anotherWorkloadIsRefused(String workload) {
    assertRefused(target("identity", "okta", "baton", NO_KEYS, List.of(workload)), "restart[0]");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "Identity, okta, baton, namespace",
        "-, okta, baton, namespace",
        "a.b, okta, baton, namespace",
        "identity, Okta, baton, secret",
        "identity, -, baton, secret",
        "identity, ../x, baton, secret",
        "identity, okta, vault, preset"
      })
  void anInvalidNameIsRefused(
      @Nullable String namespace, @Nullable String secret, String preset, String setting) {
    assertRefused(target(namespace, secret, preset, NO_KEYS, List.of()), setting);
  }

  @Test
  void keysAreValidAndDiffer() {
    assertRefused(
        target("identity", "okta", "baton", new Keys("a b", null), List.of()), "keys.client-id");
    assertRefused(
        target("identity", "okta", "baton", new Keys("same", "same"), List.of()),
        "keys.client-secret");
  }

  @Test
  void aTargetHasItsOwnNameAndSubject() {
    var one = named("a", OKTA);
    assertThatThrownBy(() -> properties(one, named("a", "apps/crm/connectors/github")))
        .isInstanceOf(PropertyException.class)
        .hasMessageContaining("rekey.delivery.targets[1].name");
    assertThatThrownBy(() -> properties(one, named("b", OKTA)))
        .isInstanceOf(PropertyException.class)
        .hasMessageContaining("rekey.delivery.targets[1].subject");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "apps/*/connectors/okta",
        "apps/crm/connectors",
        "okta",
        "organizations/a/connectors/b"
      })
  void aTargetIsForOneSubject(String subject) {
    assertThatThrownBy(() -> properties(named("a", subject)))
        .isInstanceOf(PropertyException.class)
        .hasMessageContaining("rekey.delivery.targets[0].subject");
  }

  private static final Keys NO_KEYS = new Keys(null, null);

  private static SecretSettings read(Target target) {
    return SecretSettings.of(0, target);
  }

  private static void assertRefused(Target target, String setting) {
    assertThatThrownBy(() -> read(target))
        .isInstanceOf(PropertyException.class)
        .hasMessageContaining("rekey.delivery.targets[0]." + setting + ")");
  }

  private static DeliveryProperties properties(Target... targets) {
    return new DeliveryProperties(List.of(targets), Duration.ofMinutes(15), Duration.ofSeconds(10));
  }

  private static Target named(String name, String subject) {
    return new Target(name, "kubernetes", subject, "n", "s", "baton", NO_KEYS, List.of());
  }

  private static Target target(
      @Nullable String namespace,
      @Nullable String secret,
      String preset,
      Keys keys,
      List<String> restart) {
    return new Target("okta", "kubernetes", OKTA, namespace, secret, preset, keys, restart);
  }
}
