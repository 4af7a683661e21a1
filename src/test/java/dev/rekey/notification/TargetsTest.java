package dev.rekey.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.audit.AuditType;
import dev.rekey.notification.NotificationProperties.TargetProperties;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.upstream.Secret;
import dev.rekey.upstream.http.TestClients;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.StandardEnvironment;

class TargetsTest {

  private static final String URL = "https://hooks.example.com/rekey?token=canary";
  private static final String SECRET = "canary-of-twenty-four-by";

  @Test
  void targetGetsAllTypesUnlessItSelectsSome() {
    var targets = targets(target("all"), target("one", "credential.expired"));

    assertThat(targets.subscribedTo(AuditType.CREDENTIAL_MISSING))
        .extracting(Target::name)
        .containsExactly("all");
    assertThat(targets.subscribedTo(AuditType.CREDENTIAL_EXPIRED))
        .extracting(Target::name)
        .containsExactly("all", "one");
    assertThat(targets.subscribedTo(AuditType.ROTATION_SUCCEEDED)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://hooks.example.com",
        "https://hooks.example.com:8443/a/b?c=d",
        "https://10.0.0.1/",
        "http://localhost:9000/hook",
        "http://127.0.0.1/hook",
        "http://127.1.2.3:80",
        "http://[::1]:9000/hook"
      })
  void httpsUrlsAndLocalHttpUrlsAreAccepted(String url) {
    assertThat(Targets.read(List.of(with("pager", url, SECRET))))
        .extracting(target -> target.url().toString())
        .containsExactly(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://hooks.example.com/canary",
        "http://10.0.0.1/canary",
        "http://127.0.0.1.example.com/canary",
        "http://localhost.example.com/canary",
        "http://127.0.0.1@example.com/canary",
        "https://user:canary@hooks.example.com/",
        "https://hooks.example.com/#canary",
        "ftp://localhost/canary",
        "file:///canary",
        "hooks.example.com/canary",
        "https:///canary",
        "https://hooks.example.com/ canary",
        ""
      })
  void otherUrlsAreRejectedWithoutTheirValue(String url) {
    assertThatThrownBy(() -> Targets.read(List.of(target("first"), with("second", url, SECRET))))
        .isInstanceOf(PropertyException.class)
        .hasMessageContaining("rekey.notifications.targets[1].url) has to be an https URL")
        .message()
        .doesNotContain("canary", "\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "                                ",
        "canary",
        "whsec_",
        "whsec_Y2FuYXJ5",
        "whsec_canary!canary!canary!canary!"
      })
  void shortOrMalformedSecretsAreRejectedWithoutTheirValue(String secret) {
    assertThatThrownBy(() -> Targets.read(List.of(with("pager", URL, SECRET, secret))))
        .hasMessageContaining("rekey.notifications.targets[0].secrets[1]) has to have at least 24")
        .message()
        .doesNotContain("canary", "Y2FuYXJ5");
  }

  @Test
  void missingAndUnknownValuesAreRejected() {
    assertRejected("name", target(null));
    assertRejected("name", target("Pager 1"));
    assertRejected("url", with("pager", null, SECRET));
    assertRejected("secrets", with("pager", URL));
    assertRejected("types[1]", target("pager", "credential.expired", "credential.expird"));
    assertRejected("types[0]", target("pager", "rotation.succeeded"));
    assertThatThrownBy(() -> Targets.read(List.of(target("pager"), target("pager"))))
        .hasMessageContaining("rekey.notifications.targets[1].name");
  }

  @Test
  void neitherUrlNorSecretIsPrinted() {
    var configured = target("pager");

    assertThat(List.of(configured, Targets.read(List.of(configured))).toString())
        .contains("pager")
        .doesNotContain("canary", "example.com");
  }

  private static void assertRejected(String property, TargetProperties configured) {
    assertThatThrownBy(() -> Targets.read(List.of(configured)))
        .isInstanceOf(PropertyException.class)
        .hasMessageContaining("rekey.notifications.targets[0]." + property + ") ");
  }

  private static Targets targets(TargetProperties... configured) {
    return new Targets(
        new NotificationProperties(
            List.of(configured),
            URI.create("/rekey"),
            Duration.ofSeconds(1),
            Duration.ofDays(3),
            Duration.ofDays(7),
            Duration.ofDays(90)),
        TestClients.files(new StandardEnvironment()));
  }

  private static TargetProperties target(@Nullable String name, String... types) {
    return new TargetProperties(
        name, Secret.of(URL), List.of(Secret.of(SECRET)), List.of(types), Duration.ofSeconds(1));
  }

  private static TargetProperties with(String name, @Nullable String url, String... secrets) {
    return new TargetProperties(
        name,
        url == null ? null : Secret.of(url),
        Arrays.stream(secrets).map(Secret::of).toList(),
        List.of(),
        Duration.ofSeconds(1));
  }
}
