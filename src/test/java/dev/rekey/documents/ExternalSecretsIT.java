package dev.rekey.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.documents.ExternalSecretsStandIn.Condition;
import dev.rekey.run.Control;
import dev.rekey.run.Http.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.scheduling.config.ScheduledTaskHolder;

/** The manifests for External Secrets Operator, and each of the limits that the page names. */
class ExternalSecretsIT extends RekeyIT {

  private static final String ACCOUNT = "organizations/acme/service-accounts/checkout";
  private static final Condition SYNCED = new Condition("SecretSynced", "");
  private static final Map<String, String> READABLE = Map.of("external-secrets.io/type", "webhook");

  @Value("${local.server.port}")
  private int port;

  @Autowired private ScheduledTaskHolder scheduled;

  @TempDir private Path directory;

  private ExternalSecretsStandIn cluster;
  private String old;

  @BeforeEach
  void applyManifests() {
    cluster = new ExternalSecretsStandIn(new GoTemplate(directory));
    Page.read(Path.of("docs", "receivers.md")).fences().stream()
        .filter(fence -> fence.is("yaml") && fence.joined().contains("external-secrets.io"))
        .forEach(fence -> cluster.apply(here(fence.joined())));
    cluster.write(
        "rekey-client",
        new KubernetesSecret(READABLE, Map.of("id", "payments", "secret", "payments-secret")));
    old = keyed("payments").post(CHECKOUT, "{\"name\":\"" + requestId + "\"}").text("/id");
    cluster.write("checkout", new KubernetesSecret(READABLE, Map.of("id", old)));
    assertThat(cluster.reconcile("rekey-token")).isEqualTo(SYNCED);
  }

  private String here(String manifests) {
    return manifests
        .replace("https://rekey.example.com", "http://localhost:" + port)
        .replace("https://issuer.example.com", surroundings().sandbox().url().toString());
  }

  @Test
  void keycardCredentialIsRotatedIntoTheSecret() {
    assertThat(cluster.reconcile("checkout")).isEqualTo(SYNCED);

    KubernetesSecret written = secret("checkout");
    assertThat(control().isValid(written.value("client_id"), written.value("client_secret")))
        .isTrue();
    assertThat(written.labels()).isEqualTo(READABLE);
    assertThat(written.value("id")).isNotEqualTo(old);
    Answer rotation = newestRotation(ACCOUNT);
    assertThat(rotation.text("/items/0/state")).isEqualTo("SUCCEEDED");
    assertThat(rotation.body().at("/items/0/confirmOnFirstUse").asBoolean()).isTrue();
    assertThat(rotation.body().at("/items/0/graceSeconds").asInt()).isEqualTo(259_200);
  }

  @Test
  void everyRefreshRotatesTheCredentialOfTheOneBefore() {
    int before = control().mints().size();
    cluster.reconcile("checkout");
    String first = secret("checkout").value("id");

    assertThat(cluster.reconcile("checkout").reason()).isEqualTo("Skipped");
    cluster.advance(Duration.ofHours(719));
    assertThat(cluster.reconcile("checkout").reason()).isEqualTo("Skipped");
    cluster.advance(Duration.ofHours(2));
    assertThat(cluster.reconcile("checkout")).isEqualTo(SYNCED);

    assertThat(control().mints()).hasSize(before + 2);
    assertThat(newestRotation(ACCOUNT).text("/items/0/replaces"))
        .isEqualTo(inventoryId(first))
        .isNotEmpty();
  }

  @Test
  void changedExternalSecretRotatesAtOnce() {
    int before = control().mints().size();
    cluster.reconcile("checkout");

    cluster.apply(manifests("checkout").replace("720h", "719h"));

    assertThat(cluster.reconcile("checkout")).isEqualTo(SYNCED);
    assertThat(control().mints()).hasSize(before + 2);
  }

  @Test
  void editedSecretRotatesOnlyWithAnotherCreationPolicy() {
    int before = control().mints().size();
    cluster.reconcile("checkout");
    String id = secret("checkout").value("id");
    var edited = new KubernetesSecret(READABLE, Map.of("id", id, "note", "by hand"));

    cluster.write("checkout", edited);
    assertThat(cluster.reconcile("checkout").reason()).isEqualTo("Skipped");
    assertThat(control().mints()).hasSize(before + 1);

    cluster.apply(manifests("checkout").replace("Orphan", "Owner"));
    cluster.reconcile("checkout");
    cluster.write("checkout", edited);
    // The edit restored an id that Rekey replaced meanwhile.
    assertThat(cluster.reconcile("checkout").message()).isEqualTo("endpoint gave error 409");
  }

  @Test
  void secretThatWasNotStoredIsLostUntilReissue() {
    int before = control().mints().size();
    KubernetesSecret start = secret("checkout");
    cluster.reconcile("checkout");
    cluster.write("checkout", start);
    cluster.loseStatus("checkout");

    assertThat(cluster.reconcile("checkout").message()).isEqualTo("endpoint gave error 409");
    assertThat(cluster.reconcile("checkout").message()).isEqualTo("endpoint gave error 409");

    assertThat(control().mints()).hasSize(before + 1);
    assertThat(control().live(ACCOUNT)).contains(old);
    String rotation = newestRotation(ACCOUNT).text("/items/0/id");
    Answer reissued = keyed("payments").post("/api/v1/rotations/" + rotation + "/reissue", "{}");
    cluster.write(
        "checkout", new KubernetesSecret(READABLE, Map.of("id", reissued.text("/upstreamId"))));
    assertThat(cluster.reconcile("checkout")).isEqualTo(SYNCED);
  }

  @Test
  void randomKeyOrNoKeyDoesNotKeepRepeatedCallFromRotating() {
    String manifests = manifests("okta");
    for (String key : new String[] {"eso-okta-{{ uuidv4 }}", null}) {
      cluster.apply(
          key == null
              ? manifests.replaceFirst("(?m)^ *Idempotency-Key: .*\n", "")
              : manifests.replaceFirst("eso-okta-\\{\\{.*}}", key));
      int before = control().mints().size();

      cluster.loseStatus("okta");
      assertThat(cluster.reconcile("okta")).isEqualTo(SYNCED);
      awaitFollowUps();
      cluster.loseStatus("okta");
      assertThat(cluster.reconcile("okta")).isEqualTo(SYNCED);

      assertThat(control().mints()).hasSize(before + 2);
    }
  }

  @Test
  void connectorIsRotatedAtMostOnceAnHourAndWithoutOverlap() {
    String beforeHand = keyed("payments").post(ROTATE, OKTA).text("/credential/id");
    int before = control().mints().size();

    assertThat(cluster.reconcile("okta")).isEqualTo(SYNCED);

    KubernetesSecret written = secret("okta");
    assertThat(control().isValid(written.value("clientId"), written.value("clientSecret")))
        .isTrue();
    assertThat(written.value("deletedAt")).isEmpty();
    assertThat(control().live(OKTA_SUBJECT))
        .containsExactly(written.value("id"))
        .doesNotContain(beforeHand);
    cluster.loseStatus("okta");
    assertThat(cluster.reconcile("okta").message()).isEqualTo("endpoint gave error 409");
    assertThat(control().mints()).hasSize(before + 1);
  }

  @Test
  void goneMeansErrorOrWithDeleteTheLossOfTheSecret() {
    var mistyped = new KubernetesSecret(READABLE, Map.of("id", "mistyped"));
    cluster.write("checkout", mistyped);

    assertThat(cluster.reconcile("checkout"))
        .isEqualTo(new Condition("SecretSyncedError", "Secret does not exist"));
    assertThat(cluster.secret("checkout")).isSameAs(mistyped);

    cluster.apply(manifests("checkout").replace("Retain", "Delete").replace("Orphan", "Owner"));
    assertThat(cluster.reconcile("checkout").reason()).isEqualTo("SecretDeleted");
    assertThat(cluster.secret("checkout")).isNull();
  }

  @Test
  void wrongTokenRotatesNothing() {
    int before = control().mints().size();
    cluster.write("rekey-token", new KubernetesSecret(READABLE, Map.of("access_token", "expired")));

    assertThat(cluster.reconcile("checkout").message()).isEqualTo("endpoint gave error 401");

    assertThat(secret("checkout").value("id")).isEqualTo(old);
    assertThat(control().mints()).hasSize(before);
  }

  @Test
  void secretWithoutTheLabelIsNotRead() {
    cluster.write("checkout", new KubernetesSecret(Map.of(), Map.of("id", old)));

    assertThat(cluster.reconcile("checkout").message()).contains("label");
  }

  @Test
  void unknownOutcomeIsSettledAndThenRotated() {
    control().fault("keycard", "create", "reset-before", Control.times(1));

    assertThat(cluster.reconcile("checkout").message()).isEqualTo("endpoint gave error 504");
    assertThat(cluster.reconcile("checkout").message()).isEqualTo("endpoint gave error 409");
    settle();

    assertThat(cluster.reconcile("checkout")).isEqualTo(SYNCED);
  }

  @Test
  void callThatWasNotSentIsRepeated() {
    control().fault("keycard", "create", "status", Control.status(429), Control.times(1));

    assertThat(cluster.reconcile("checkout").message()).isEqualTo("endpoint gave error 429");

    assertThat(cluster.reconcile("checkout")).isEqualTo(SYNCED);
  }

  /** Runs the reconciler until the rotation is settled. */
  private void settle() {
    Runnable sweep =
        scheduled.getScheduledTasks().stream()
            .map(task -> task.getTask())
            .filter(task -> task.toString().endsWith("Reconciler.sweep"))
            .findFirst()
            .orElseThrow()
            .getRunnable();
    expireLeases(newestRotation(ACCOUNT).text("/items/0/id"));
    await()
        .until(
            () -> {
              makeChecksDue();
              sweep.run();
              return newestRotation(ACCOUNT).text("/items/0/state").equals("NOT_APPLIED");
            });
  }

  private String manifests(String name) {
    return Page.read(Path.of("docs", "receivers.md")).fences().stream()
        .filter(
            fence -> fence.is("yaml") && fence.joined().contains("metadata: {name: " + name + "}"))
        .map(fence -> here(fence.joined()))
        .findFirst()
        .orElseThrow();
  }

  private KubernetesSecret secret(String name) {
    return Objects.requireNonNull(cluster.secret(name));
  }

  private Answer newestRotation(String subject) {
    return as("payments").get("/api/v1/rotations?limit=1&subject=" + subject);
  }

  private String inventoryId(String upstreamId) {
    return as("payments").get("/api/v1/credentials?q=" + upstreamId).text("/items/0/id");
  }
}
