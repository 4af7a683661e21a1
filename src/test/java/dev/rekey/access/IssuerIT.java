package dev.rekey.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.contract.Contract;
import dev.rekey.contract.Operation;
import dev.rekey.contract.ResponseCheck;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
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

/** The issuer of callers' tokens does not respond, and its keys are not known yet. */
@ContextConfiguration(initializers = IssuerIT.Hanging.class)
@DirtiesContext
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class IssuerIT extends RekeyIT {

  private static final ServerSocket ISSUER = listen();

  // Accepts connections, by its backlog, and never responds.
  private static ServerSocket listen() {
    try {
      return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Overrides the superclass. */
  static class Hanging
      implements ApplicationContextInitializer<ConfigurableApplicationContext>, Ordered {

    @Override
    public void initialize(ConfigurableApplicationContext context) {
      context
          .getEnvironment()
          .getPropertySources()
          .addFirst(
              new MapPropertySource(
                  "issuer",
                  Map.of(
                      "spring.security.oauth2.resourceserver.jwt.issuer-uri",
                      silent(),
                      "rekey.access.issuers[0].name",
                      "sandbox",
                      "rekey.access.issuers[0].issuer-uri",
                      surroundings().sandbox().url().toString(),
                      "rekey.access.issuers[0].audiences",
                      Sandbox.AUDIENCE)));
    }

    @Override
    public int getOrder() {
      return LOWEST_PRECEDENCE;
    }
  }

  private static String silent() {
    return "http://localhost:" + ISSUER.getLocalPort();
  }

  /** A token that names the issuer. */
  private Http caller() {
    return anonymous()
        .bearer(surroundings().sandbox().mintJwt(claims -> claims.put("iss", silent())));
  }

  @AfterAll
  static void close() throws IOException {
    ISSUER.close();
  }

  @Test
  @Order(1)
  void requestsDoNotWaitForASilentIssuerInTurn() {
    long start = System.nanoTime();
    List<CompletableFuture<Answer>> calls =
        IntStream.range(0, 30)
            .mapToObj(_ -> CompletableFuture.supplyAsync(() -> caller().post(ROTATE, OKTA)))
            .toList();
    List<Answer> answers = calls.stream().map(CompletableFuture::join).toList();

    // One after the other they would take a minute.
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    assertThat(answers).allSatisfy(IssuerIT::isUnavailable);
    // Each issuer has its own keys.
    assertThat(as("payments").get("/api/v1/credentials").status()).isEqualTo(200);
    // There may be other calls: a replica that starts reconciles unresolved rotations.
    assertThat(control().calls()).doesNotContain("rotate");
  }

  @Test
  @Order(2)
  void unreachableIssuerIsNotAnInternalError() throws IOException {
    ISSUER.close();

    var contract = Contract.read();
    var check = new ResponseCheck(contract);
    for (Operation operation : contract.operations()) {
      Answer answer = caller().send(operation.method(), operation.examplePath(), "{}");
      isUnavailable(answer);
      assertThat(check.violations(operation, answer)).as(operation.route()).isEmpty();
    }
    assertThat(anonymous().bearer("garbage").get("/api/v1/credentials").status()).isEqualTo(401);
    // A restart or another replica would not help.
    assertThat(management().get("/actuator/health/readiness").status()).isEqualTo(200);
    assertThat(management().get("/actuator/health/liveness").status()).isEqualTo(200);
  }

  private static void isUnavailable(Answer answer) {
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.text("/type")).isEqualTo("/problems/issuer-unavailable");
    assertThat(answer.header("x-should-retry")).isNull();
    assertThat(answer.header("X-Request-Id")).isNotNull();
  }
}
