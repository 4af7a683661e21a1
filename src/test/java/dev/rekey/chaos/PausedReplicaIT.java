package dev.rekey.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.Control;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.Surroundings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One of two replicas is paused (SIGSTOP) during rotations, and continues (SIGCONT) after their
 * leases have expired and the other replica has taken them over. This happens once; each test
 * checks one of the rotations.
 */
@Tag("chaos")
class PausedReplicaIT {

  private static final Map<String, String> SETTINGS =
      Map.of(
          "rekey.rotation.call-within", "6s",
          "rekey.rotation.lease-margin", "1s",
          "rekey.rotation.consistency-window", "2s",
          "rekey.rotation.reconcile-every", "500ms");

  private static final Duration TAKEN_OVER_WITHIN = Duration.ofSeconds(30);

  private static final Place BEFORE_LEASE_CHECK =
      Place.entryOf("dev.rekey.rotation.RotationSteps", "call");
  private static final Place BEFORE_WRITING =
      Place.entryOf("dev.rekey.upstream.http.SendGuard", "markSent");
  private static final Place BEFORE_STEP_3 =
      Place.entryOf("dev.rekey.rotation.RotationSteps", "close");

  @TempDir private static Path directory;

  private static Surroundings surroundings;
  private static Control control;
  private static RecordChecks records;
  private static Replica paused;
  private static Replica other;

  private static Late notChecked;
  private static Late notWritten;
  private static Late created;
  private static Late rotated;
  private static Late superseded;
  private static Answer newer;

  /** A rotation that is open while its replica is paused. */
  private static final class Late {

    private final String request = "late-" + UUID.randomUUID();
    private final Gate gate;
    private final CompletableFuture<Answer> call;

    Late(Place place, String client, Function<Http, Answer> mint) {
      this.gate = paused.gateAt(place);
      this.call =
          CompletableFuture.supplyAsync(
              () -> mint.apply(paused.as(client, request)), Thread::startVirtualThread);
      gate.awaitArrival();
    }

    Answer answer() {
      return call.join();
    }

    @Nullable String state() {
      return records.stateOf(request);
    }

    /** The credentials that its attempts made at Keycard. */
    List<String> made() {
      List<String> attempts =
          records.column(
              "select a.id::text from rotation_attempt a join rotation r on r.id = a.rotation_id"
                  + " where r.request_id = ?",
              request);
      return control.minted().stream()
          .filter(mint -> attempts.contains(RecordChecks.attemptIn(mint.description())))
          .map(Control.Mint::credentialId)
          .toList();
    }
  }

  @BeforeAll
  static void pauseAndContinue() {
    surroundings = Surroundings.start();
    control = new Control(surroundings.sandbox());
    records = new RecordChecks(surroundings.postgres(), control);
    paused = replica("paused");
    other = replica("other");
    notChecked = new Late(BEFORE_LEASE_CHECK, "payments", http -> create(http, "not-asked"));
    created = new Late(BEFORE_STEP_3, "payments", http -> create(http, "created"));
    rotated = new Late(BEFORE_STEP_3, "payments", http -> Target.rotate(http, "okta"));
    superseded = new Late(BEFORE_STEP_3, "search", http -> Target.rotate(http, "github"));
    // This one is last, because the thread that it holds also serves other upstream calls.
    notWritten = new Late(BEFORE_WRITING, "payments", http -> create(http, "not-written"));
    var all = List.of(notChecked, created, rotated, superseded, notWritten);

    paused.pause();
    await().atMost(TAKEN_OVER_WITHIN).until(() -> all.stream().noneMatch(PausedReplicaIT::isOpen));
    newer = Target.rotate(other.as("search", "newer-" + UUID.randomUUID()), "github");
    paused.proceed();
    all.forEach(late -> late.gate.open());
    CompletableFuture.allOf(all.stream().map(late -> late.call).toArray(CompletableFuture[]::new))
        .join();
  }

  private static Replica replica(String name) {
    try {
      return Replica.start(
          surroundings, SETTINGS, Files.createDirectories(directory.resolve(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOpen(Late late) {
    return "PENDING".equals(late.state());
  }

  private static Answer create(Http rekey, String name) {
    return Target.KEYCARD.mint(rekey, name);
  }

  @AfterAll
  static void stop() {
    for (Replica replica : new Replica[] {paused, other}) {
      if (replica != null) {
        replica.kill();
      }
    }
    surroundings.close();
  }

  @Test
  void aPauseBeforeTheLeaseCheckSendsNothing() {
    assertNothingSent(notChecked);
  }

  @Test
  void aPauseBeforeTheRequestIsWrittenSendsNothing() {
    assertNothingSent(notWritten);
  }

  private static void assertNothingSent(Late late) {
    assertThat(late.answer().status()).isEqualTo(503);
    assertThat(late.answer().text("/detail")).startsWith("Nothing was sent");
    assertThat(late.answer().header("x-should-retry")).isNull();
    assertThat(late.made()).isEmpty();
    // After a long pause, the other replica has concluded the same.
    assertThat(late.state()).isIn("NOT_ATTEMPTED", "NOT_APPLIED");
  }

  @Test
  void aCreationThatIsRecordedTooLateIsRemoved() {
    assertThat(created.answer().status()).isIn(503, 504);
    assertThat(created.answer().raw().body()).doesNotContain("client_secret");
    assertThat(created.made()).hasSize(1);
    await().untilAsserted(() -> assertThat(created.state()).isIn("COMPENSATED", "ORPHAN_REMOVED"));
    assertThat(control.live()).doesNotContainAnyElementsOf(created.made());
    assertThat(
            records.column(
                "select id::text from credential where status <> 'RETIRED'"
                    + " and upstream_id = ?",
                created.made().getFirst()))
        .isEmpty();
  }

  @Test
  void aRotationThatIsRecordedTooLateIsDelivered() {
    assertThat(rotated.answer().status()).isEqualTo(200);
    assertThat(Target.CONDUCTORONE.isValid(control, rotated.answer())).isTrue();
    assertThat(rotated.state()).isEqualTo("SUCCEEDED");
    assertThat(
            records.column(
                "select reason from audit_event where request_id = ?"
                    + " and type = 'rotation.succeeded'",
                rotated.request))
        .containsExactly("recorded after its lease had expired");
  }

  @Test
  void aRotationWithANewerOneIsNotDelivered() {
    assertThat(superseded.answer().status()).isIn(503, 504);
    assertThat(superseded.answer().raw().body()).doesNotContain("secret-token", "clientSecret");
    assertThat(superseded.state()).isEqualTo("SUPERSEDED");
    assertThat(newer.status()).isEqualTo(200);
    assertThat(Target.CONDUCTORONE.isValid(control, newer)).isTrue();
  }

  @Test
  void aListByAnotherReplicaDoesNotRecordAnOpenMint() {
    var open = new Late(BEFORE_STEP_3, "payments", http -> create(http, "open"));
    String made = open.made().getFirst();

    Answer list = other.as("payments", "list-" + UUID.randomUUID()).get(Target.CHECKOUT);

    assertThat(list.raw().body()).contains(made);
    assertThat(open.state()).isEqualTo("PENDING");
    assertThat(records.column("select id::text from credential where upstream_id = ?", made))
        .isEmpty();
    assertThat(records.column("select id::text from credential where status = 'MISSING'"))
        .isEmpty();
    open.gate.open();
    assertThat(open.answer().status()).isEqualTo(201);
    assertThat(records.column("select status from credential where upstream_id = ?", made))
        .containsExactly("ACTIVE");
  }

  @Test
  void allRecordsAreConsistent() {
    await().untilAsserted(records::assertSettled);
  }
}
