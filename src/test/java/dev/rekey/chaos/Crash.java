package dev.rekey.chaos;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.chaos.CrashMatrix.Row;
import dev.rekey.run.Control;
import dev.rekey.run.Control.Mint;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One rotation that is interrupted at its cell's point, and its expected result. */
final class Crash {

  private static final Duration SETTLED_WITHIN = Duration.ofSeconds(60);

  private final Cell cell;
  private final Control control;
  private final RecordChecks records;
  private final String request = "crash-" + UUID.randomUUID();
  private final @Nullable Answer replaced;
  private final List<String> validBefore;
  private final List<Mint> mintedBefore;
  private final CompletableFuture<Answer> call;

  private Crash(Cell cell, Replica victim, Control control, RecordChecks records) {
    this.cell = cell;
    this.control = control;
    this.records = records;
    this.replaced =
        cell.point() == Cell.Point.RETIRING
            ? cell.target().mint(victim.as("payments", request + "-older"), request)
            : null;
    this.validBefore = control.live(cell.target().subject());
    this.mintedBefore = control.minted();
    this.call = arrive(victim);
  }

  /** Requests a credential. Returns when the process has reached the point of the kill. */
  static Crash prepare(Cell cell, Replica victim, Control control, RecordChecks records) {
    return new Crash(cell, victim, control, records);
  }

  private CompletableFuture<Answer> arrive(Replica victim) {
    return switch (cell.point()) {
      case BEFORE_STEP_1, NOTHING_SENT, READ, INSIDE_STEP_3, NOT_ANSWERED -> held(victim);
      case CALL_HANGS -> {
        fault("hang");
        yield served(victim);
      }
      case NOT_READ -> {
        fault("delay", Control.delayMs(3000));
        var asked = served(victim);
        victim.pause();
        assertThat(minted()).as("made before the victim slept").isEmpty();
        await().until(() -> minted().size() == 1);
        yield asked;
      }
      case RECONCILING -> {
        fault("no-secret");
        yield held(victim);
      }
      case RETIRING -> {
        Gate gate = victim.gateAt(cell.point().place());
        var answer = CompletableFuture.completedFuture(rotateAndConfirm(victim));
        gate.awaitArrival();
        yield answer;
      }
    };
  }

  private void fault(String fault, String... more) {
    var fields = new ArrayList<>(List.of(more));
    fields.add(Control.times(1));
    control.fault(
        cell.target().upstream(), cell.target().operation(), fault, fields.toArray(String[]::new));
  }

  private CompletableFuture<Answer> held(Replica victim) {
    Gate gate = victim.gateAt(cell.point().place());
    var asked = mint(victim);
    gate.awaitArrival();
    return asked;
  }

  private CompletableFuture<Answer> served(Replica victim) {
    long before = control.served(cell.target().operation());
    var asked = mint(victim);
    await().until(() -> control.served(cell.target().operation()) == before + 1);
    return asked;
  }

  private CompletableFuture<Answer> mint(Replica victim) {
    return CompletableFuture.supplyAsync(
        () -> cell.target().mint(victim.as("payments", request), request),
        Thread::startVirtualThread);
  }

  private Answer rotateAndConfirm(Replica victim) {
    Http payments = victim.as("payments", request);
    Answer answer =
        cell.target().mintReplacement(payments, request, Objects.requireNonNull(replaced));
    String rotation = Objects.requireNonNull(answer.header("Rekey-Rotation-Id"));
    await().until(() -> records.isDelivered(rotation));
    Answer confirmed =
        payments.post(
            "/api/v1/rotations/" + rotation + "/confirm", json("graceSeconds", 0, "force", true));
    assertThat(confirmed.status()).as(confirmed.text("/detail")).isEqualTo(200);
    return answer;
  }

  /** Asserts that the caller got no response. To be called right after the kill. */
  void assertInterrupted() {
    if (replaced == null) {
      assertNotAnswered();
    } else {
      assertThat(cell.target().isValid(control, call.join())).isTrue();
      assertThat(cell.target().isValid(control, replaced)).isFalse();
    }
    assertThat(minted()).as(cell.toString()).hasSize(cell.hasMinted() ? 1 : 0);
  }

  private void assertNotAnswered() {
    assertThat(call.handle((answer, _) -> answer == null || answer.status() >= 400))
        .as("the caller got no secret: " + cell)
        .succeedsWithin(Duration.ofSeconds(5))
        .isEqualTo(true);
  }

  /** The credentials of the rotation; at ConductorOne, all credentials of its connector since. */
  private List<String> minted() {
    List<String> attempts =
        records.column(
            "select a.id::text from rotation_attempt a join rotation r on r.id = a.rotation_id"
                + " where r.request_id = ?",
            request);
    return control.minted().stream()
        .filter(mint -> !mintedBefore.contains(mint))
        .filter(mint -> mint.subject().equals(cell.target().subject()))
        .filter(
            mint ->
                !RecordChecks.isKeycard(mint)
                    || attempts.contains(RecordChecks.attemptIn(mint.description())))
        .map(Mint::credentialId)
        .toList();
  }

  /** Waits until the rotation has its final state. */
  void awaitSettled() {
    await()
        .atMost(SETTLED_WITHIN)
        .untilAsserted(
            () ->
                assertThat(records.stateOf(request)).as(cell.toString()).isEqualTo(cell.settled()));
    if (replaced != null) {
      String gone = cell.target().credentialId(replaced);
      await().atMost(SETTLED_WITHIN).until(() -> records.isRetired(gone));
    }
  }

  /** The final state. Call this when everything is reconciled. */
  Row row() {
    assertThat(minted()).as(cell.toString()).hasSize(cell.hasMinted() ? 1 : 0);
    String rotation = records.rotationOf(request);
    return new Row(
        cell,
        rotation == null ? "none" : records.states(rotation),
        rotation == null ? List.of() : records.events(rotation),
        live(),
        rotation != null && "SUCCEEDED".equals(cell.settled())
            ? records.isDelivered(rotation) ? "yes" : "unknown"
            : "–");
  }

  private String live() {
    List<String> live = control.live(cell.target().subject());
    var which = new ArrayList<String>();
    List<String> older =
        replaced == null ? validBefore : List.of(cell.target().credentialId(replaced));
    if (live.stream().anyMatch(older::contains)) {
      which.add("old");
    }
    if (live.stream().anyMatch(minted()::contains)) {
      which.add("new");
    }
    return which.isEmpty() ? "none" : String.join(", ", which);
  }

  /** Rotates the same target again, and asserts that this succeeds. */
  void assertNewRotationSucceeds(Replica successor) {
    Answer fresh = cell.target().mint(successor.as("payments", request + "-fresh"), request);

    assertThat(fresh.status()).as(cell + " " + fresh.text("/detail")).isLessThan(300);
    assertThat(cell.target().isValid(control, fresh)).as(cell.toString()).isTrue();
  }
}
