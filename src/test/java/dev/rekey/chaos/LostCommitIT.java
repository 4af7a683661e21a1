package dev.rekey.chaos;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.Control;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.RekeyProcess;
import dev.rekey.run.Surroundings;
import dev.rekey.run.Tokens;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Step 3 has committed, and the response to its COMMIT is lost. */
@Tag("chaos")
class LostCommitIT {

  private static final String ROTATE = "/api/v1/apps/connectors/credentials";
  private static final String OKTA = json("appId", "crm", "connectorId", "okta");
  private static final String CHECKOUT =
      "/organizations/acme/service-accounts/checkout/credentials";

  /** Longer than the retries of step 3 and the wait for a connection. */
  private static final Duration LONG = Duration.ofSeconds(12);

  @TempDir private static Path directory;

  private static Surroundings surroundings;
  private static Control control;
  private static LossyProxy proxy;
  private static RekeyProcess rekey;

  @BeforeAll
  static void start() {
    surroundings = Surroundings.start();
    control = new Control(surroundings.sandbox());
    proxy = new LossyProxy(surroundings.postgres().port());
    var properties = new HashMap<>(surroundings.properties());
    // With prepared statements, the driver would send COMMIT under another name.
    properties.put(
        "spring.datasource.url",
        "jdbc:postgresql://localhost:" + proxy.port() + "/rekey?prepareThreshold=0");
    // No other job commits in between.
    properties.put("rekey.rotation.reconcile-every", "1d");
    properties.put("rekey.rotation.retire-every", "1d");
    rekey = RekeyProcess.start(properties, directory.resolve("rekey.log"));
  }

  @AfterAll
  static void stop() throws IOException {
    rekey.close();
    proxy.close();
    surroundings.close();
  }

  @BeforeEach
  void resetSandbox() {
    control.reset();
  }

  @Test
  void aRecordedCreationIsDelivered() {
    Answer answer = mintWithLostCommitResponse("keycard", "create", Duration.ZERO);

    assertThat(answer.status()).isEqualTo(201);
    assertThat(control.isValid(answer.text("/client_id"), answer.text("/client_secret"))).isTrue();
    assertRecordedOnce(rotationOf(answer));
  }

  @Test
  void aRecordedRotationIsDelivered() {
    Answer answer = mintWithLostCommitResponse("conductorone", "rotate", Duration.ZERO);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(
            control.isValid(
                answer.text("/credential/clientId"), answer.text("/credential/clientSecret")))
        .isTrue();
    assertRecordedOnce(rotationOf(answer));
  }

  @Test
  void aCreationWithUnclearRecordIsRemoved() {
    Answer answer = mintWithLostCommitResponse("keycard", "create", LONG);

    assertThat(answer.status()).isEqualTo(503);
    assertThat(control.mints()).hasSize(1);
    assertThat(control.live()).doesNotContainAnyElementsOf(control.mints());
    awaitState(answer.text("/rotationId"), "COMPENSATED");
    assertThat(events(answer.text("/rotationId")))
        .containsExactly("rotation.compensated", "rotation.succeeded", "rotation.requested");
  }

  @Test
  void aRotationWithUnclearRecordIsDelivered() {
    Answer answer = mintWithLostCommitResponse("conductorone", "rotate", LONG);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(
            control.isValid(
                answer.text("/credential/clientId"), answer.text("/credential/clientSecret")))
        .isTrue();
    awaitState(rotationOf(answer), "SUCCEEDED");
    assertRecordedOnce(rotationOf(answer));
  }

  private static Answer mintWithLostCommitResponse(
      String upstream, String operation, Duration away) {
    control.fault(upstream, operation, "delay", Control.delayMs(2000));
    String key = UUID.randomUUID().toString();
    var call =
        CompletableFuture.supplyAsync(
            () ->
                operation.equals("rotate")
                    ? payments().with("Idempotency-Key", key).post(ROTATE, OKTA)
                    : payments()
                        .with("Idempotency-Key", key)
                        .post(CHECKOUT, json("name", "build")));
    await().until(() -> control.served(operation) == 1);
    proxy.dropNextCommitResponse(away);
    Answer answer = call.join();
    assertThat(proxy.hasDropped()).isTrue();
    return answer;
  }

  private static String rotationOf(Answer answer) {
    return Objects.requireNonNull(answer.header("Rekey-Rotation-Id"));
  }

  private static void assertRecordedOnce(String rotation) {
    awaitState(rotation, "SUCCEEDED");
    assertThat(control.mints()).hasSize(1);
    assertThat(control.live()).containsAll(control.mints());
    assertThat(events(rotation)).containsExactly("rotation.succeeded", "rotation.requested");
  }

  private static void awaitState(String rotation, String state) {
    await()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(
            () ->
                assertThat(payments().get("/api/v1/rotations/" + rotation).text("/state"))
                    .isEqualTo(state));
  }

  private static List<String> events(String rotation) {
    return payments()
        .get("/api/v1/audit-events?limit=100")
        .body()
        .at("/items")
        .valueStream()
        .filter(event -> event.at("/rotationId").asString("").equals(rotation))
        .map(event -> event.at("/type").asString())
        .toList();
  }

  private static Http payments() {
    return rekey.http().bearer(Tokens.of(surroundings.sandbox(), "payments"));
  }
}
