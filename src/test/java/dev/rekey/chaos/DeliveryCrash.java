package dev.rekey.chaos;

import static dev.rekey.run.Control.times;
import static dev.rekey.run.Json.json;
import static dev.rekey.run.KubernetesControl.dryRun;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.Control;
import dev.rekey.run.Control.Mint;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.KubernetesControl;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One kill of Rekey while it delivers a secret, and what is true afterwards. */
final class DeliveryCrash {

  private static final Duration SETTLED_WITHIN = Duration.ofSeconds(60);

  private static final String ROTATION = "dev.rekey.rotation.";

  /** The point at which Rekey is killed. */
  enum Point {
    BEFORE_CHECK("before the check of the target", "SecretDeliveries", "objection"),
    BEFORE_CLOSE("after the mint, before it is recorded", "RotationSteps", "close"),
    BEFORE_PATCH("after it is recorded, before the patch", "SecretDeliveries", "hold"),
    ANSWER_LOST("the patch is sent, its answer is lost", "SecretDeliveryLedger", "failed"),
    BEFORE_EVENT("after the patch, before it is recorded", "SecretDeliveryLedger", "delivered"),
    BEFORE_RESTART("before the workloads restart", "SecretDeliveries", "restart"),
    CONFIRMING("while the first use confirms", "FirstUses", "confirm");

    private final String text;
    private final String type;
    private final String method;

    Point(String text, String type, String method) {
      this.text = text;
      this.type = type;
      this.method = method;
    }

    Place place() {
      return Place.entryOf(ROTATION + type, method);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** A kill at one point, with one kind of upstream. */
  record Cell(Target target, Point point) {

    /** A replacing upstream ends the old credential itself, so nothing is confirmed there. */
    static Stream<Cell> all() {
      return Arrays.stream(Target.values())
          .flatMap(target -> Arrays.stream(Point.values()).map(point -> new Cell(target, point)))
          .filter(cell -> cell.point != Point.CONFIRMING || cell.target == Target.KEYCARD);
    }

    @Override
    public String toString() {
      return target.upstream() + ", " + point;
    }
  }

  private final Cell cell;
  private final Control control;
  private final KubernetesControl cluster;
  private final RecordChecks records;
  private final String request = "crash-" + UUID.randomUUID();
  private final Set<String> held = new HashSet<>();
  private final List<String> mintedBefore;
  private final int rolloutsBefore;

  private DeliveryCrash(
      Cell cell, Control control, KubernetesControl cluster, RecordChecks records) {
    this.cell = cell;
    this.control = control;
    this.cluster = cluster;
    this.records = records;
    this.held.addAll(control.live(cell.target().subject()));
    this.mintedBefore = control.mints();
    this.rolloutsBefore = rollouts();
  }

  /** Rotates with delivery, and returns when the process is held at the point. */
  static DeliveryCrash prepare(
      Cell cell, Replica victim, Control control, KubernetesControl cluster, RecordChecks records) {
    // A new Secret, so that it holds none of the cell before.
    if (cell.target() == Target.KEYCARD) {
      cluster.putSecret(
          "payments",
          "checkout-keycard",
          Map.of("rekey.dev/subject", cell.target().subject()),
          Map.of());
    }
    Answer old = deliverFirst(cell, victim);
    await()
        .until(
            () ->
                records
                    .column(
                        "select state from secret_delivery"
                            + " where restarted_at is null and state <> 'SUPERSEDED'")
                    .isEmpty());
    records.execute("update retirement set next_try_at = clock_timestamp(), quiet_seconds = 0");
    var crash = new DeliveryCrash(cell, control, cluster, records);
    if (cell.point() == Point.ANSWER_LOST) {
      cluster.fault("patch", "secrets", "reset-after", times(1), dryRun(false));
    }
    Gate gate = victim.gateAt(cell.point().place());
    CompletableFuture<Answer> call = CompletableFuture.supplyAsync(() -> crash.rotate(victim, old));
    if (cell.point() == Point.CONFIRMING) {
      control.touch(call.join().text("/id"));
      records.execute("update rotation set next_look_at = now() where next_look_at is not null");
    }
    gate.awaitArrival();
    return crash;
  }

  // So that the Secret holds a pair of Rekey before.
  private static Answer deliverFirst(Cell cell, Replica rekey) {
    String name = "delivered-" + UUID.randomUUID();
    var http =
        rekey.as("payments", name).with("Idempotency-Key", name).with("Rekey-Deliver", "only");
    Answer first =
        cell.target() == Target.KEYCARD
            ? http.post(Target.CHECKOUT, json("name", name))
            : http.post(
                "/api/v1/apps/connectors/credentials", json("appId", "crm", "connectorId", "okta"));
    assertThat(first.header("Rekey-Delivery")).as(first.raw().body()).isEqualTo("delivered");
    return first;
  }

  private Answer rotate(Replica rekey, Answer old) {
    var http =
        rekey
            .as("payments", request)
            .with("Idempotency-Key", request)
            .with("Rekey-Deliver", "only");
    return cell.target() == Target.KEYCARD
        ? http.post(Target.CHECKOUT + "/" + old.text("/id") + "/rotate", "{}")
        : http.post(
            "/api/v1/apps/connectors/credentials", json("appId", "crm", "connectorId", "okta"));
  }

  /** Lets the claims and leases of the killed process expire. */
  static void expireClaims(RecordChecks records) {
    records.execute(
        "update rotation_attempt set lease_until = clock_timestamp() - interval '1 second'"
            + " where state = 'PENDING'");
    records.execute(
        "update secret_delivery set next_try_at = clock_timestamp() where next_try_at is not null");
    records.execute(
        "update rotation set next_look_at = clock_timestamp() where next_look_at is not null");
  }

  /** Waits until the delivery is finished. At no time do two credentials live that nobody holds. */
  void awaitSettled() {
    await()
        .atMost(SETTLED_WITHIN)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () -> {
              assertThat(orphans()).as(cell + ": credentials that nobody holds").hasSizeLessThan(2);
              assertThat(deliveryState()).as(cell.toString()).isEqualTo("DELIVERED restarted");
            });
    await().atMost(SETTLED_WITHIN).until(() -> orphans().isEmpty());
    if (cell.point() == Point.CONFIRMING) {
      await().atMost(SETTLED_WITHIN).until(() -> events().contains("rotation.confirmed"));
    }
  }

  private @Nullable String deliveryState() {
    List<String> states =
        records.column(
            "select d.state || case when d.restarted_at is null then '' else ' restarted' end"
                + " from secret_delivery d join rotation r on r.id = d.rotation_id"
                + " where r.request_id = ?",
            request);
    return states.isEmpty() ? null : states.getFirst();
  }

  /** The live credentials of the rotation that are not in the Secret. */
  private List<String> orphans() {
    String inSecret = secret().annotations().get("rekey.dev/credential-id");
    return control.live(cell.target().subject()).stream()
        .filter(id -> !held.contains(id) && !id.equals(inSecret))
        .toList();
  }

  /** Asserts that the Secret holds a pair that works, and returns the state as a row. */
  Row row() {
    Map<String, String> data = secret().data();
    boolean isKeycard = cell.target() == Target.KEYCARD;
    String prefix = isKeycard ? "" : "BATON_";
    assertThat(
            control.isValid(
                String.valueOf(data.get(prefix + "CLIENT_ID")),
                String.valueOf(data.get(prefix + "CLIENT_SECRET"))))
        .as(cell + ": the pair in the Secret works")
        .isTrue();
    List<Mint> minted =
        control.minted().stream()
            .filter(mint -> !mintedBefore.contains(mint.credentialId()))
            .filter(mint -> mint.subject().equals(cell.target().subject()))
            .toList();
    assertThat(minted.size()).as(cell.toString()).isBetween(1, 3);
    assertThat(rollouts() - rolloutsBefore).as(cell + ": restarts").isEqualTo(1);
    String rotation = String.valueOf(records.rotationOf(request));
    return new Row(cell, records.states(rotation), minted.size(), events());
  }

  private List<String> events() {
    // Whether a lost credential is removed before or after it is seen to be gone depends on chance.
    return records.events(String.valueOf(records.rotationOf(request))).stream()
        .filter(event -> !event.startsWith("credential."))
        .toList();
  }

  /** The state after a kill. */
  record Row(Cell cell, String states, int minted, List<String> events) {

    @Override
    public String toString() {
      return "| %s | %s | %s | %d | %s |"
          .formatted(
              cell.target().upstream(), cell.point(), states, minted, String.join(", ", events));
    }
  }

  private KubernetesControl.Secret secret() {
    return (cell.target() == Target.KEYCARD
            ? cluster.secret("payments", "checkout-keycard")
            : cluster.secret("identity", "okta-connector"))
        .orElseThrow();
  }

  private int rollouts() {
    return cell.target() == Target.KEYCARD
        ? cluster.rollouts("statefulsets", "payments", "checkout")
        : cluster.rollouts("deployments", "identity", "okta-connector");
  }
}
