package dev.rekey.infrastructure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.platform.Pause;
import dev.rekey.run.FreePort;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.RekeyProcess;
import dev.rekey.run.Scrape;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sandbox.Sandbox;

/**
 * Rekey reaches the upstreams and the receiver of its webhooks through tinyproxy only. All of them
 * are the sandbox behind an https server, which serves only connections from one address: that of
 * tinyproxy.
 */
@Tag("infrastructure")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class EgressProxyIT {

  /** The address from which tinyproxy connects. */
  private static final String PROXY_ADDRESS = "127.0.0.3";

  private static final String OWN_ADDRESS = "127.0.0.1";
  private static final String PASSWORD = "changeit";
  private static final String ACCOUNT = "/organizations/acme/service-accounts/indexer/credentials";

  /** How Rekey learns of the proxy. */
  enum Way {
    JVM_PROPERTIES,
    VARIABLES,
    SETTING;

    Map<String, String> settings(int port) {
      return switch (this) {
        case JVM_PROPERTIES -> Map.of();
        case VARIABLES -> Map.of("https.proxy", "http://localhost:" + port);
        case SETTING -> Map.of("rekey.egress.proxy", "http://localhost:" + port);
      };
    }

    List<String> jvmArguments(int port) {
      return this == JVM_PROPERTIES
          ? List.of("-Dhttps.proxyHost=localhost", "-Dhttps.proxyPort=" + port)
          : List.of();
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyCallGoesThroughTheProxy(Way way) throws Exception {
    try (var trial = Trial.named("egress-" + way);
        var proxy = Program.start("egress-proxy", PROXY_ADDRESS);
        var https = https(trial, PROXY_ADDRESS)) {
      RekeyProcess rekey = start(trial, https, way, proxy.port());
      assertEverythingWorks(trial, rekey);
      try (var _ = trial.load(rekey.http())) {
        Pause.sleep(Duration.ofSeconds(5));
        proxy.kill();
        Pause.sleep(Duration.ofSeconds(2));
        proxy.restart();
        trial.assertRecovers(rekey, Duration.ofSeconds(10));
        Pause.sleep(Duration.ofSeconds(5));
      }
      trial.assertSound();
      assertThat(Files.readAllLines(https.directory().resolve("access.log")))
          .isNotEmpty()
          .allMatch(line -> line.startsWith(PROXY_ADDRESS + " "));
      assertThat(proxy.output()).contains("CONNECT " + host() + ":" + https.port());
    }
  }

  @Test
  void exceptionsAreReachedDirectly() throws Exception {
    try (var trial = Trial.named("egress-exceptions");
        var https = https(trial, OWN_ADDRESS)) {
      var settings = new HashMap<>(Way.VARIABLES.settings(FreePort.find()));
      settings.put("no.proxy", "other.example," + host());
      settings.putAll(remote(https));
      RekeyProcess rekey = trial.rekey(settings, trust(https));

      assertEverythingWorks(trial, rekey);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aProxyThatIsDownIsReportedAndNothingIsSent(Way way) throws Exception {
    try (var trial = Trial.named("egress-down-" + way);
        var https = https(trial, OWN_ADDRESS)) {
      RekeyProcess rekey = start(trial, https, way, FreePort.find());
      Http admin = trial.admin(rekey.http());

      List<Answer> answers =
          List.of(trial.rotate(rekey.http()), trial.mint(rekey.http()), admin.get(ACCOUNT));

      assertThat(answers)
          .allSatisfy(
              answer -> {
                assertThat(answer.status()).as(answer.raw().body()).isEqualTo(503);
                assertThat(answer.text("/type")).isEqualTo("/problems/upstream-unavailable");
                assertThat(answer.header("x-should-retry")).isNull();
              });
      assertThat(trial.control().calls()).isEmpty();
      assertThat(trial.control().mints()).isEmpty();
      var scrape = Scrape.of(rekey.management());
      for (String upstream : List.of("conductorone", "keycard")) {
        assertThat(
                scrape.of(
                    "rekey_upstream_token_fetches_total{outcome=\"failure\",upstream=\"%s\"}"
                        .formatted(upstream)))
            .as("token fetches from %s that failed", upstream)
            .isPositive();
      }
    }
  }

  /** Mints, reads, changes and deletes at both upstreams, and waits for the webhooks. */
  private static void assertEverythingWorks(Trial trial, RekeyProcess rekey) {
    Http admin = trial.admin(rekey.http());
    // On a busy machine, the first fetch of a token takes longer than its timeout.
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertSucceeded(trial.rotate(rekey.http())));
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertSucceeded(trial.mint(rekey.http())));
    Answer listed = admin.get(ACCOUNT);
    assertSucceeded(listed);
    String one = ACCOUNT + "/" + listed.text("/items/0/id");
    assertSucceeded(admin.get(one));
    assertSucceeded(admin.send("PATCH", one, "{\"name\":\"renamed\"}"));
    assertSucceeded(admin.delete(one));
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(
            () ->
                assertThat(trial.at("/control/webhooks").body().findValuesAsString("type"))
                    .contains("credential.discovered"));
  }

  private static void assertSucceeded(Answer answer) {
    assertThat(answer.status()).as(answer.raw().body()).isBetween(200, 299);
  }

  private static RekeyProcess start(Trial trial, Program https, Way way, int proxyPort)
      throws Exception {
    var settings = new HashMap<>(way.settings(proxyPort));
    settings.putAll(remote(https));
    var arguments = new ArrayList<>(way.jvmArguments(proxyPort));
    arguments.add(trust(https));
    return trial.rekey(settings, arguments.toArray(String[]::new));
  }

  private static Program https(Trial trial, String allowedAddress) throws UnknownHostException {
    return Program.start(
        "https-server", trial.surroundings().sandbox().port(), host(), allowedAddress);
  }

  /**
   * The settings that name the sandbox by this machine's name, because no proxy is used for
   * localhost.
   */
  private static Map<String, String> remote(Program https) throws UnknownHostException {
    String url = "https://" + host() + ":" + https.port();
    String target = "rekey.notifications.targets[0].";
    return Map.of(
        "rekey.upstreams.conductorone.api-url",
        url + "/conductorone",
        "rekey.upstreams.conductorone.token-url",
        url + "/conductorone/auth/v1/token",
        "rekey.upstreams.keycard.api-url",
        url + "/keycard",
        "rekey.upstreams.keycard.token-url",
        url + "/keycard/service-account-token",
        target + "name",
        "sandbox",
        target + "url",
        url + "/webhooks",
        target + "secrets[0]",
        Sandbox.WEBHOOK_SECRET);
  }

  private static String host() throws UnknownHostException {
    return InetAddress.getLocalHost().getHostName();
  }

  /** The arguments of a JVM that trusts the https server. */
  private static String trust(Program https) throws GeneralSecurityException, IOException {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (InputStream certificate =
        Files.newInputStream(https.directory().resolve("certificate.pem"))) {
      store.setCertificateEntry(
          "https", CertificateFactory.getInstance("X.509").generateCertificate(certificate));
    }
    Path file = https.directory().resolve("trust.p12");
    try (var out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD.toCharArray());
    }
    return "-Djavax.net.ssl.trustStore=%s -Djavax.net.ssl.trustStorePassword=%s"
        .formatted(file, PASSWORD);
  }
}
