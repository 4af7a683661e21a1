package dev.rekey.upstream.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.ConnectProxy;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.Scrape;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ContextConfiguration;
import sandbox.Sandbox;

/** Only a proxy can resolve the names of the upstreams, the issuer and the receiver. */
@ContextConfiguration(initializers = EgressIT.Proxied.class)
@DirtiesContext
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EgressIT extends RekeyIT {

  private static final String LOGIN = "rekey:canary";

  private static final ConnectProxy PROXY =
      ConnectProxy.start(surroundings().sandbox().port(), LOGIN);

  /** Overrides the superclass. */
  static class Proxied
      implements ApplicationContextInitializer<ConfigurableApplicationContext>, Ordered {

    @Override
    public void initialize(ConfigurableApplicationContext context) {
      // Until the first test is over, so that no job gets a token before.
      PROXY.refuse("tokens.invalid:80");
      var target = "rekey.notifications.targets[0].";
      context
          .getEnvironment()
          .getPropertySources()
          .addFirst(
              new MapPropertySource(
                  "egress",
                  Map.of(
                      "rekey.egress.proxy",
                      "http://" + LOGIN + "@localhost:" + PROXY.port(),
                      "rekey.upstreams.keycard.api-url",
                      "http://keycard.invalid/keycard",
                      "rekey.upstreams.keycard.token-url",
                      "http://tokens.invalid/keycard/service-account-token",
                      "spring.security.oauth2.resourceserver.jwt.jwk-set-uri",
                      "http://issuer.invalid/oauth2/jwks",
                      target + "name",
                      "proxied",
                      target + "url",
                      "https://receiver.invalid/webhooks",
                      target + "secrets[0]",
                      Sandbox.WEBHOOK_SECRET)));
    }

    @Override
    public int getOrder() {
      return LOWEST_PRECEDENCE;
    }
  }

  @AfterAll
  static void close() throws IOException {
    PROXY.close();
  }

  @AfterEach
  void stopRefusing() {
    PROXY.stopRefusing();
  }

  @Test
  @Order(1)
  void tokenThatTheProxyRefusesIsAFailedFetch() {
    Answer created = as("payments").post(CHECKOUT, "{\"name\":\"without-token\"}");

    assertThat(created.status()).as(created.raw().body()).isEqualTo(503);
    assertThat(created.text("/detail")).contains("no access token");
    assertThat(
            Scrape.of(management())
                .of("rekey_upstream_token_fetches_total{outcome=\"failure\",upstream=\"keycard\"}"))
        .isPositive();
  }

  @Test
  @Order(2)
  void everyCallGoesThroughTheProxy() {
    Answer created = as("payments").post(CHECKOUT, "{\"name\":\"proxied\"}");
    assertThat(created.status()).as(created.raw().body()).isEqualTo(201);
    assertThat(as("payments").get(CHECKOUT).status()).isEqualTo(200);
    control().fault("keycard", "create", "reset-after", "\"times\":1");
    as("payments").post(CHECKOUT, "{\"name\":\"lost\"}");

    // The receiver has no certificate, so that the delivery fails after the tunnel is open.
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> PROXY.connected().contains("receiver.invalid:443"));
    assertThat(PROXY.connected())
        .contains("keycard.invalid:80", "tokens.invalid:80", "issuer.invalid:80");
  }

  @Test
  @Order(3)
  void nothingIsSentIfTheProxyRefusesTheUpstream() {
    PROXY.refuse("keycard.invalid:80");
    // The pool notices that its connections are closed.
    await()
        .untilAsserted(
            () -> {
              Answer read = as("payments").get(CHECKOUT);
              assertThat(read.status()).as(read.raw().body()).isEqualTo(503);
            });
    control().reset();
    double before = withoutResponse();

    Answer created = as("payments").post(CHECKOUT, "{\"name\":\"refused\"}");

    assertThat(created.status()).as(created.raw().body()).isEqualTo(503);
    assertThat(created.text("/type")).isEqualTo("/problems/upstream-unavailable");
    assertThat(created.text("/detail")).contains("the outgoing proxy");
    assertThat(
            as("payments").get("/api/v1/rotations/" + created.text("/rotationId")).text("/state"))
        .isEqualTo("NOT_ATTEMPTED");
    assertThat(control().mints()).isEmpty();
    // The alert RekeyUpstreamUnreachable is about this counter.
    assertThat(withoutResponse()).isGreaterThan(before);
  }

  private double withoutResponse() {
    return Scrape.of(management())
        .of("rekey_upstream_calls_total{outcome=\"none\",upstream=\"keycard\"}");
  }
}
