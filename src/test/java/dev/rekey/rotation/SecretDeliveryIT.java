package dev.rekey.rotation;

import static dev.rekey.run.Control.delayMs;
import static dev.rekey.run.Control.status;
import static dev.rekey.run.Control.times;
import static dev.rekey.run.Json.json;
import static dev.rekey.run.KubernetesControl.dryRun;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.chart.RenderedRoles;
import dev.rekey.run.Control;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.KubernetesControl;
import dev.rekey.run.KubernetesControl.Request;
import dev.rekey.run.KubernetesControl.Rule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** New secrets reach the Secret that the workload reads. */
class SecretDeliveryIT extends RekeyIT {

  private static final String SUBJECT = "rekey.dev/subject";
  private static final Map<String, String> MARKED = Map.of(SUBJECT, OKTA_SUBJECT);

  @Autowired private Retirements retirements;
  @Autowired private LostSecrets lost;
  @Autowired private DeliveryMetrics metrics;

  private final KubernetesControl cluster = new KubernetesControl(surroundings().sandbox());

  @BeforeEach
  void noEarlierDelivery() {
    execute("delete from secret_delivery");
  }

  @AfterEach
  void noDeliveryIsLeft() {
    cluster.up();
    cluster.clearFaults();
    execute("delete from secret_delivery");
  }

  @Test
  void onlyTheSecretGetsIt() {
    Answer answer = rotate("only");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Rekey-Delivery")).isEqualTo("delivered");
    assertThat(answer.text("/credential/clientId")).isNotEmpty();
    assertThat(answer.body().at("/credential/clientSecret").asString()).isEmpty();
    assertThat(isPairValid()).isTrue();
    assertThat(okta().data()).containsEntry("BATON_DOMAIN", "acme.okta.example");
    JsonNode delivery = rotation(answer).at("/delivery");
    assertThat(delivery.at("/state").asString()).isEqualTo("DELIVERED");
    assertThat(delivery.at("/alsoToCaller").asBoolean(true)).isFalse();
    assertThat(delivery.at("/place").asString()).isEqualTo("kubernetes/identity/okta-connector");
    assertThat(rotation(answer).at("/deliveredAt").asString()).isNotEmpty();
  }

  @Test
  void theCallerMayGetItToo() {
    Answer answer = rotate("also");

    assertThat(answer.header("Rekey-Delivery")).isEqualTo("delivered");
    assertThat(okta().data())
        .containsEntry("BATON_CLIENT_ID", answer.text("/credential/clientId"))
        .containsEntry("BATON_CLIENT_SECRET", answer.text("/credential/clientSecret"));
    assertThat(isPairValid()).isTrue();
  }

  @Test
  void theSecretTellsWhatItHolds() {
    Answer answer = rotate("only");
    awaitRestart(answer);

    assertThat(okta().annotations())
        .containsEntry(SUBJECT, OKTA_SUBJECT)
        .containsEntry("rekey.dev/rotation-id", answer.header("Rekey-Rotation-Id"))
        .containsEntry("rekey.dev/credential-id", answer.text("/credential/id"))
        .containsKey("rekey.dev/rotated-at");
    List<JsonNode> events = cluster.events("identity");
    assertThat(events).hasSize(1);
    assertThat(events.getFirst().at("/reason").asString()).isEqualTo("CredentialRotated");
    assertThat(events.getFirst().at("/involvedObject/name").asString()).isEqualTo("okta-connector");
  }

  @Test
  void theWorkloadRestartsOnceForEachRotation() {
    Answer answer = rotate("only");
    awaitRestart(answer);

    assertThat(cluster.rollouts("deployments", "identity", "okta-connector")).isEqualTo(1);
    assertThat(cluster.podAnnotations("deployments", "identity", "okta-connector"))
        .containsKey("kubectl.kubernetes.io/restartedAt")
        .containsEntry("rekey.dev/rotation-id", answer.header("Rekey-Rotation-Id"));

    execute("update secret_delivery set next_try_at = now(), restarted_at = null");
    lost.sweep();

    assertThat(cluster.rollouts("deployments", "identity", "okta-connector")).isEqualTo(1);

    awaitRestart(rotate("only"));
    assertThat(cluster.rollouts("deployments", "identity", "okta-connector")).isEqualTo(2);
  }

  @Test
  void nothingIsSaidToRestartWithoutAWorkload() {
    control().seed(1, 0);
    String subject = "organizations/acme/service-accounts/sa-0001";
    cluster.put(
        json(
            "kind",
            "Secret",
            "metadata",
            Map.of(
                "namespace", "payments",
                "name", "batch-keycard",
                "annotations", Map.of(SUBJECT, subject)),
            "data",
            Map.of()));
    cluster.rules(
        List.of(
            new Rule("payments", "", "secrets", List.of("batch-keycard"), List.of("get", "patch")),
            new Rule("payments", "", "events", List.of(), List.of("create"))));

    Answer answer =
        keyed("admin")
            .with("Rekey-Deliver", "only")
            .post("/" + subject + "/credentials", json("name", "x"));

    assertThat(answer.header("Rekey-Delivery")).isEqualTo("delivered");
    await()
        .until(
            () -> numberOf("select count(*) from secret_delivery where next_try_at is null") == 1);
    String id = String.valueOf(answer.header("Rekey-Rotation-Id"));
    JsonNode delivery = as("admin").get("/api/v1/rotations/" + id).body().at("/delivery");
    assertThat(delivery.at("/state").asString()).isEqualTo("DELIVERED");
    assertThat(delivery.at("/restartedAt").isNull()).isTrue();
    assertThat(allEventsOf(id)).contains("delivery.succeeded").doesNotContain("delivery.restarted");
  }

  @Test
  void historyAndInventoryTellWhereItWent() {
    Answer answer = rotate("only");
    awaitRestart(answer);

    assertThat(events())
        .containsExactly(
            "rotation.requested", "rotation.succeeded", "delivery.succeeded", "delivery.restarted");
    JsonNode credential =
        as("payments").get("/api/v1/credentials/" + answer.header("Rekey-Credential-Id")).body();
    assertThat(credential.at("/deliveredTo").asString())
        .isEqualTo("kubernetes/identity/okta-connector");
    assertThat(credential.at("/deliveredAt").asString()).isNotEmpty();
  }

  @Test
  void rekeyTouchesTwoKeysAndItsOwnAnnotations() {
    awaitRestart(rotate("only"));

    List<Request> changes =
        cluster.requests().stream()
            .filter(request -> !request.verb().equals("get") && !request.dryRun())
            .toList();
    assertThat(changes.stream().map(Request::what))
        .containsExactly(
            "patch secrets identity/okta-connector",
            "patch deployments identity/okta-connector",
            "create events identity/");
    assertThat(changes.getFirst().touched())
        .isSubsetOf(
            Set.of(
                "metadata.resourceVersion",
                "metadata.annotations.rekey.dev/rotation-id",
                "metadata.annotations.rekey.dev/credential-id",
                "metadata.annotations.rekey.dev/rotated-at",
                "metadata.annotations.rekey.dev/old-credential-ends-at",
                "data.BATON_CLIENT_ID",
                "data.BATON_CLIENT_SECRET"));
  }

  @Test
  void theFirstUseConfirmsAndTheOldCredentialEndsAfterTheOverlap() {
    Answer old = createAtKeycard("only");
    Answer answer =
        keyed("payments")
            .with("Rekey-Deliver", "only")
            .post(CHECKOUT + "/" + old.text("/id") + "/rotate", json("graceSeconds", 60));

    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(201);
    assertThat(answer.body().at("/client_secret").asString()).isEmpty();
    var held = cluster.secret("payments", "checkout-keycard").orElseThrow();
    assertThat(held.annotations()).containsKey("rekey.dev/old-credential-ends-at");
    assertThat(control().isValid(held.data().get("CLIENT_ID"), held.data().get("CLIENT_SECRET")))
        .isTrue();
    assertThat(rotation(answer).at("/confirmOnFirstUse").asBoolean()).isTrue();
    assertThat(rotation(answer).at("/possible").valueStream().map(JsonNode::asString))
        .containsExactly("confirm", "reissue");

    control().touch(answer.text("/id"));
    execute("update rotation set next_look_at = now() where next_look_at is not null");
    retirements.sweep();

    assertThat(rotation(answer).at("/confirmedAt").asString()).isNotEmpty();
    execute("update retirement set next_try_at = now(), due_at = now(), quiet_seconds = 0");
    retirements.sweep();
    assertThat(control().live()).doesNotContain(old.text("/id")).contains(answer.text("/id"));
  }

  @Test
  void theFirstUseEndsAllThatTheTargetHadBefore() {
    Answer first = createAtKeycard("only");
    Answer second = rotateAtKeycard(first);
    Answer third = rotateAtKeycard(second);

    await()
        .until(
            () -> {
              control().touch(third.text("/id"));
              execute("update rotation set next_look_at = now() where next_look_at is not null");
              retirements.sweep();
              return rotation(third).at("/confirmedAt").isString();
            });
    assertThat(rotation(second).at("/confirmedAt").isString()).as("%s", rotation(second)).isTrue();
    execute("update retirement set next_try_at = now(), due_at = now(), quiet_seconds = 0");
    retirements.sweep();
    assertThat(control().live())
        .doesNotContain(first.text("/id"), second.text("/id"))
        .contains(third.text("/id"));
  }

  private Answer rotateAtKeycard(Answer old) {
    Answer answer =
        keyed("payments")
            .with("Rekey-Deliver", "only")
            .post(CHECKOUT + "/" + old.text("/id") + "/rotate", json("graceSeconds", 60));
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(201);
    return answer;
  }

  @Test
  void theRolesOfTheChartAllowWhatRekeyDoesAndNoMore() {
    List<RenderedRoles.Rule> roles =
        RenderedRoles.with(Path.of("helm/rekey/ci/delivery-values.yaml"));
    cluster.rules(
        roles.stream()
            .map(
                role ->
                    new Rule(
                        role.namespace(),
                        role.apiGroup(),
                        role.resource(),
                        List.copyOf(role.resourceNames()),
                        List.copyOf(role.verbs())))
            .toList());

    awaitRestart(rotate("only"));
    createAtKeycard("only");

    assertThat(cluster.requests()).extracting(Request::status).allMatch(code -> code < 300);
    assertThat(
            cluster.requests().stream()
                .map(
                    request ->
                        String.join(
                            " ",
                            request.namespace(),
                            request.apiGroup(),
                            request.resource(),
                            request.name(),
                            request.verb()))
                .distinct())
        .as("what Rekey did, and what the Roles allow")
        .containsExactlyInAnyOrderElementsOf(
            roles.stream().flatMap(SecretDeliveryIT::allowed).toList());
  }

  private static Stream<String> allowed(RenderedRoles.Rule role) {
    List<String> names =
        role.resourceNames().isEmpty() ? List.of("") : List.copyOf(role.resourceNames());
    return names.stream()
        .flatMap(
            name ->
                role.verbs().stream()
                    .map(
                        verb ->
                            String.join(
                                " ",
                                role.namespace(),
                                role.apiGroup(),
                                role.resource(),
                                name,
                                verb)));
  }

  static Stream<Named<Consumer<KubernetesControl>>> obstacles() {
    return Stream.of(
        obstacle(
            "the Secret does not exist", c -> c.delete("secrets", "identity", "okta-connector")),
        obstacle(
            "its owner has not marked it",
            c -> c.putSecret("identity", "okta-connector", Map.of(), Map.of("A", "b"))),
        obstacle(
            "it is marked for another subject",
            c ->
                c.putSecret(
                    "identity",
                    "okta-connector",
                    Map.of(SUBJECT, "apps/crm/connectors/github"),
                    Map.of("A", "b"))),
        obstacle("it may not be read", c -> forbid(c, "secrets", "get")),
        obstacle("it may not be changed", c -> forbid(c, "secrets", "patch")),
        obstacle("the workload may not be restarted", c -> forbid(c, "deployments", "patch")),
        obstacle(
            "the workload does not exist",
            c -> c.delete("deployments", "identity", "okta-connector")),
        obstacle("no event may be created", c -> forbid(c, "events", "create")),
        obstacle("the API server is down", KubernetesControl::down),
        obstacle("the API server fails", c -> c.fault("patch", "secrets", "status", status(500))),
        obstacle(
            "the Secret is immutable",
            c ->
                c.put(
                    json(
                        "kind",
                        "Secret",
                        "immutable",
                        true,
                        "metadata",
                        Map.of(
                            "namespace", "identity",
                            "name", "okta-connector",
                            "annotations", MARKED),
                        "data",
                        Map.of()))));
  }

  private static Named<Consumer<KubernetesControl>> obstacle(
      String name, Consumer<KubernetesControl> obstacle) {
    return Named.of(name, obstacle);
  }

  private static void forbid(KubernetesControl cluster, String resource, String verb) {
    cluster.rules(
        cluster.rules().stream()
            .map(
                rule ->
                    rule.resource().equals(resource)
                        ? new Rule(
                            rule.namespace(),
                            rule.apiGroup(),
                            rule.resource(),
                            rule.resourceNames(),
                            rule.verbs().stream().filter(each -> !each.equals(verb)).toList())
                        : rule)
            .toList());
  }

  @ParameterizedTest
  @MethodSource("obstacles")
  void nothingIsMintedIfItCouldNotBeDelivered(Consumer<KubernetesControl> obstacle) {
    obstacle.accept(cluster);

    Answer answer = rotate("only");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text("/type")).isEqualTo("/problems/delivery-not-possible");
    assertThat(answer.text("/detail")).contains("okta-connector").contains("Nothing was minted");
    assertThat(control().minted()).isEmpty();
    assertThat(cluster.requests().stream().filter(request -> !request.dryRun()).map(Request::verb))
        .containsOnly("get");
    assertThat(events()).containsExactly("rotation.requested", "rotation.not-attempted");
    assertThat(numberOf("select count(*) from secret_delivery")).isZero();
  }

  @Test
  void aRepetitionUnderTheSameKeySucceedsOnceTheObstacleIsGone() {
    Http keyed = keyed("payments").with("Rekey-Deliver", "only");
    cluster.down();
    Answer first = keyed.post(ROTATE, OKTA);
    cluster.up();

    Answer second = keyed.post(ROTATE, OKTA);

    assertThat(first.status()).isEqualTo(409);
    assertThat(second.status()).as(second.raw().body()).isEqualTo(200);
    assertThat(second.header("Rekey-Rotation-Id")).isEqualTo(first.header("Rekey-Rotation-Id"));
    assertThat(isPairValid()).isTrue();
  }

  @Test
  void aSubjectWithoutTargetIsRefused() {
    Answer answer =
        keyed("search")
            .with("Rekey-Deliver", "only")
            .post(ROTATE, json("appId", "crm", "connectorId", "github"));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text("/type")).isEqualTo("/problems/no-delivery-target");
    assertThat(control().minted()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Only", "none", "only,also", "true"})
  void anotherModeIsRefused(String mode) {
    Answer answer = rotate(mode);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/detail")).contains("Rekey-Deliver");
    assertThat(control().minted()).isEmpty();
  }

  @Test
  void theSameKeyWithAnotherModeIsAnotherRequest() {
    String key = UUID.randomUUID().toString();
    Http keyed = as("payments").with("Idempotency-Key", key);
    keyed.with("Rekey-Deliver", "only").post(ROTATE, OKTA);

    assertThat(keyed.with("Rekey-Deliver", "also").post(ROTATE, OKTA).text("/type"))
        .isEqualTo("/problems/idempotency-key-reused");
    assertThat(keyed.post(ROTATE, OKTA).text("/type"))
        .isEqualTo("/problems/idempotency-key-reused");
  }

  @ParameterizedTest
  @CsvSource({
    "status, 409",
    "status, 500",
    "status, 403",
    "reset-before, 0",
    "reset-after, 0",
    "status-after, 0"
  })
  void aFailedPatchIsRepeatedUntilTheSecretHasThePair(String fault, int status) {
    if (status == 0) {
      cluster.fault("patch", "secrets", fault, times(2), dryRun(false));
    } else {
      cluster.fault("patch", "secrets", fault, status(status), times(2), dryRun(false));
    }

    Answer answer = rotate("only");

    assertThat(answer.header("Rekey-Delivery")).isEqualTo("delivered");
    assertThat(isPairValid()).isTrue();
    assertThat(control().minted()).hasSize(1);
    awaitRestart(answer);
    assertThat(cluster.rollouts("deployments", "identity", "okta-connector")).isEqualTo(1);
    assertThat(events()).containsOnlyOnce("delivery.failed").containsOnlyOnce("delivery.succeeded");
  }

  @Test
  void somebodyElsesChangeIsKept() {
    cluster.fault("patch", "secrets", "delay", delayMs(1500), times(1), dryRun(false));
    Thread rotation = Thread.ofVirtual().start(() -> rotate("only"));
    await()
        .until(
            () ->
                cluster.requests().stream()
                    .anyMatch(
                        one ->
                            one.verb().equals("patch")
                                && one.resource().equals("secrets")
                                && !one.dryRun()));
    cluster.putSecret(
        "identity", "okta-connector", MARKED, Map.of("BATON_DOMAIN", "changed", "OTHER", "new"));

    await().until(() -> !rotation.isAlive());

    await().until(this::isPairValid);
    assertThat(okta().data())
        .containsEntry("BATON_DOMAIN", "changed")
        .containsEntry("OTHER", "new");
  }

  @Test
  void aSlowServerIsWaitedFor() {
    cluster.fault("patch", "secrets", "delay", delayMs(3000), times(1), dryRun(false));

    assertThat(rotate("only").header("Rekey-Delivery")).isEqualTo("delivered");
    assertThat(isPairValid()).isTrue();
  }

  @Test
  void whatIsOutstandingIsShownCountedAndDeliveredLater() {
    cluster.fault("patch", "secrets", "status", status(503), times(1000), dryRun(false));

    Answer answer = rotate("only");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Rekey-Delivery")).isEqualTo("outstanding");
    JsonNode delivery = rotation(answer).at("/delivery");
    assertThat(delivery.at("/state").asString()).isEqualTo("OUTSTANDING");
    assertThat(delivery.at("/lastFailure").asString()).contains("503");
    assertThat(rotation(answer).at("/possible").valueStream().map(JsonNode::asString))
        .doesNotContain("confirm");
    metrics.sample();
    assertThat(management().get("/actuator/prometheus").raw().body())
        .contains("rekey_delivery_outstanding{upstream=\"conductorone\"} 1.0");
    Answer other = rotate("only");
    assertThat(other.text("/type")).isEqualTo("/problems/delivery-in-progress");
    assertThat(other.header("Location"))
        .endsWith(String.valueOf(answer.header("Rekey-Rotation-Id")));

    cluster.clearFaults();

    await().atMost(Duration.ofSeconds(20)).until(this::isPairValid);
    awaitRestart(answer);
    assertThat(control().minted()).hasSize(1);
    metrics.sample();
    assertThat(management().get("/actuator/prometheus").raw().body())
        .contains("rekey_delivery_outstanding{upstream=\"conductorone\"} 0.0");
  }

  @Test
  void aRestartThatFailsIsRepeated() {
    cluster.fault("patch", "deployments", "status", status(500), times(1), dryRun(false));
    Answer answer = rotate("only");

    await().until(() -> rotation(answer).at("/delivery/lastFailure").isString());
    assertThat(isPairValid()).isTrue();
    execute("update secret_delivery set next_try_at = now()");
    lost.sweep();

    awaitRestart(answer);
    assertThat(cluster.rollouts("deployments", "identity", "okta-connector")).isEqualTo(1);
  }

  @Test
  void aMintWithoutDeliveryParksWhatIsOutstanding() {
    cluster.fault("patch", "secrets", "status", status(503), times(1000), dryRun(false));
    Answer first = rotate("only");

    keyed("payments").post(ROTATE, OKTA);

    assertThat(rotation(first).at("/delivery/state").asString()).isEqualTo("PARKED");
    metrics.sample();
    assertThat(management().get("/actuator/prometheus").raw().body())
        .contains("rekey_delivery_parked{upstream=\"conductorone\"} 1.0");
    cluster.clearFaults();
    assertThat(rotate("only").header("Rekey-Delivery")).isEqualTo("delivered");
    assertThat(rotation(first).at("/delivery/state").asString()).isEqualTo("SUPERSEDED");
    assertThat(isPairValid()).isTrue();
  }

  @Test
  void threeLostSecretsParkTheDelivery() {
    cluster.fault("patch", "secrets", "status", status(503), times(1000), dryRun(false));
    Answer answer = createAtKeycardOutstanding("only");
    String rotation = String.valueOf(answer.header("Rekey-Rotation-Id"));
    for (int mints = 1; mints <= 3; mints++) {
      assertThat(rotation(answer).at("/delivery/mints").asInt()).isEqualTo(mints);
      takeOver(rotation);
    }

    assertThat(rotation(answer).at("/delivery/state").asString()).isEqualTo("PARKED");
    assertThat(rotation(answer).at("/state").asString()).isEqualTo("COMPENSATED");
    assertThat(needs(answer)).containsExactly("delivery");
    assertThat(control().minted()).hasSize(3);
    assertThat(control().live())
        .doesNotContainAnyElementsOf(
            control().minted().stream().map(Control.Mint::credentialId).toList());
    assertThat(allEventsOf(rotation))
        .containsOnlyOnce("delivery.parked")
        .filteredOn("delivery.lost"::equals)
        .hasSize(3);
  }

  @Test
  void aParkedDeliveryNeedsNobodyWhileALaterOneIsUnderWay() {
    cluster.fault("patch", "secrets", "status", status(503), times(1000), dryRun(false));
    Answer parked = rotate("only");
    keyed("payments").post(ROTATE, OKTA);
    assertThat(needs(parked)).containsExactly("delivery");

    assertThat(rotate("only").header("Rekey-Delivery")).isEqualTo("outstanding");

    assertThat(needs(parked)).isEmpty();
  }

  private List<String> needs(Answer minted) {
    return rotation(minted).path("needs").valueStream().map(JsonNode::asString).toList();
  }

  @Test
  void aSecretThatTheCallerHasIsNotReplaced() {
    cluster.fault("patch", "secrets", "status", status(503), times(1000), dryRun(false));
    Answer answer = createAtKeycardOutstanding("also");
    await().until(() -> rotation(answer).at("/deliveredAt").isString());

    takeOver(String.valueOf(answer.header("Rekey-Rotation-Id")));

    assertThat(rotation(answer).at("/delivery/state").asString()).isEqualTo("PARKED");
    assertThat(rotation(answer).at("/state").asString()).isEqualTo("SUCCEEDED");
    assertThat(control().isValid(answer.text("/client_id"), answer.text("/client_secret")))
        .isTrue();
  }

  @Test
  void nothingIsMintedAgainWhileTheTargetIsAway() {
    cluster.fault("patch", "secrets", "status", status(503), times(1000), dryRun(false));
    Answer answer = createAtKeycardOutstanding("only");
    cluster.down();

    takeOver(String.valueOf(answer.header("Rekey-Rotation-Id")));
    takeOver(String.valueOf(answer.header("Rekey-Rotation-Id")));

    assertThat(rotation(answer).at("/delivery/mints").asInt()).isEqualTo(1);
    assertThat(control().minted()).hasSize(1);
    cluster.up();
    cluster.clearFaults();
    takeOver(String.valueOf(answer.header("Rekey-Rotation-Id")));
    awaitRestart(answer);
    var held = cluster.secret("payments", "checkout-keycard").orElseThrow();
    assertThat(control().isValid(held.data().get("CLIENT_ID"), held.data().get("CLIENT_SECRET")))
        .isTrue();
    assertThat(control().minted()).hasSize(2);
  }

  @Test
  void nothingEndsACredentialWhoseSecretIsOnItsWay() {
    cluster.fault("patch", "secrets", "status", status(503), times(1000), dryRun(false));
    Answer answer = createAtKeycardOutstanding("only");
    String rotation = "/api/v1/rotations/" + answer.header("Rekey-Rotation-Id");

    Answer deleted = as("payments").delete(CHECKOUT + "/" + answer.text("/id"));

    assertThat(deleted.text("/type")).isEqualTo("/problems/delivery-in-progress");
    assertThat(as("payments").post(rotation + "/revert", "{}").text("/type"))
        .isEqualTo("/problems/wrong-state");
    assertThat(as("payments").post(rotation + "/reissue", "{}").text("/type"))
        .isEqualTo("/problems/wrong-state");
    cluster.clearFaults();
    awaitRestart(answer);
    assertThat(control().live()).contains(answer.text("/id"));
  }

  @Test
  void aRepetitionUnderTheSameKeyLosesNoDelivery() {
    String key = UUID.randomUUID().toString();
    Http keyed = as("payments").with("Idempotency-Key", key).with("Rekey-Deliver", "only");
    cluster.fault("patch", "secrets", "status", status(503), times(1000), dryRun(false));
    Answer answer = keyed.post(CHECKOUT, json("name", "repeated"));
    control().fault("keycard", "create", "status", status(429), times(1));
    takeOver(String.valueOf(answer.header("Rekey-Rotation-Id")));
    assertThat(rotation(answer).at("/state").asString()).isEqualTo("REJECTED");
    cluster.down();

    Answer repeated = keyed.post(CHECKOUT, json("name", "repeated"));

    assertThat(repeated.text("/type")).isEqualTo("/problems/delivery-not-possible");
    assertThat(rotation(answer).at("/delivery/state").asString()).isEqualTo("RESERVED");
    cluster.up();
    cluster.clearFaults();
    takeOver(String.valueOf(answer.header("Rekey-Rotation-Id")));
    awaitRestart(answer);
  }

  @Test
  void aRotationThatIsNotDeliveredParksTheOneThatWas() {
    Answer delivered = rotate("only");
    awaitRestart(delivered);

    keyed("payments").post(ROTATE, OKTA);

    assertThat(isPairValid()).isFalse();
    assertThat(rotation(delivered).at("/delivery/state").asString()).isEqualTo("PARKED");
    assertThat(needs(delivered)).containsExactly("delivery");
    rotate("only");
    assertThat(rotation(delivered).at("/delivery/state").asString()).isEqualTo("SUPERSEDED");
    assertThat(needs(delivered)).isEmpty();
    assertThat(isPairValid()).isTrue();
  }

  @Test
  void theAlertFiresIfTheDeliveredCredentialEnds() {
    Answer delivered = createAtKeycard("only");
    metrics.sample();
    assertThat(management().get("/actuator/prometheus").raw().body())
        .contains("rekey_delivery_parked{upstream=\"keycard\"} 0.0");

    as("payments").delete(CHECKOUT + "/" + delivered.text("/id"));

    metrics.sample();
    assertThat(management().get("/actuator/prometheus").raw().body())
        .contains("rekey_delivery_parked{upstream=\"keycard\"} 1.0");
  }

  @Test
  void aSecretFromTheFutureIsNotOverwritten() {
    cluster.putSecret(
        "identity",
        "okta-connector",
        Map.of(SUBJECT, OKTA_SUBJECT, "rekey.dev/rotated-at", "2999-01-01T00:00:00Z"),
        Map.of());

    assertThat(rotate("only").text("/detail")).contains("clocks");
    assertThat(control().minted()).isEmpty();
  }

  /** Acts as another replica does when the lease of the one with the secret has expired. */
  private void takeOver(String rotation) {
    execute(
        "update secret_delivery set next_try_at = now(), epoch = epoch + 1"
            + " where rotation_id = ?::uuid",
        rotation);
    lost.sweep();
  }

  private Answer createAtKeycardOutstanding(String mode) {
    Answer answer =
        keyed("payments")
            .with("Rekey-Deliver", mode)
            .post(CHECKOUT, json("name", "delivered-" + UUID.randomUUID()));
    assertThat(answer.header("Rekey-Delivery")).isEqualTo("outstanding");
    return answer;
  }

  private static List<String> allEventsOf(String rotation) {
    return query("select type from audit_event where rotation_id = ?::uuid", rotation).stream()
        .map(row -> (String) row.get("type"))
        .toList();
  }

  @Test
  void aCredentialThatTheSecretHoldsIsNotStranded() {
    Answer held = createAtKeycard("only");

    Answer answer = createAtKeycard("only");

    assertThat(answer.text("/type")).isEqualTo("/problems/delivery-not-possible");
    assertThat(answer.text("/detail")).contains(held.text("/id"));
  }

  private Answer createAtKeycard(String mode) {
    Answer answer =
        keyed("payments")
            .with("Rekey-Deliver", mode)
            .post(CHECKOUT, json("name", "delivered-" + UUID.randomUUID()));
    if (answer.status() < 300) {
      awaitRestart(answer);
    }
    return answer;
  }

  private Answer rotate(String mode) {
    return keyed("payments").with("Rekey-Deliver", mode).post(ROTATE, OKTA);
  }

  private JsonNode rotation(Answer answer) {
    return as("payments").get("/api/v1/rotations/" + answer.header("Rekey-Rotation-Id")).body();
  }

  private void awaitRestart(Answer answer) {
    await().until(() -> rotation(answer).at("/delivery/restartedAt").isString());
  }

  private KubernetesControl.Secret okta() {
    return cluster.secret("identity", "okta-connector").orElseThrow();
  }

  private boolean isPairValid() {
    Map<String, String> data = okta().data();
    return control()
        .isValid(
            String.valueOf(data.get("BATON_CLIENT_ID")),
            String.valueOf(data.get("BATON_CLIENT_SECRET")));
  }
}
