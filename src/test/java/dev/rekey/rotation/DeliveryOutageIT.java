package dev.rekey.rotation;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.rotation.ClosingLedger.Delivered;
import java.sql.Connection;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** The database is lost while many deliveries are written together. */
class DeliveryOutageIT extends RekeyIT {

  private static final int DELIVERIES = 6;

  private static final String CUT =
      """
      select pg_terminate_backend(pid) from pg_stat_activity
      where wait_event_type = 'Lock' and query like 'update rotation set delivered_at%'
      """;

  @Autowired private OutcomeRecorder recorder;

  @Test
  void everyDeliveryOfALostBatchIsRecordedWithItsTime() throws Exception {
    List<UUID> rotations = IntStream.range(0, DELIVERIES).mapToObj(_ -> rotate()).toList();
    Instant at = Instant.now().truncatedTo(ChronoUnit.MICROS);
    await().until(() -> recorded().size() == DELIVERIES);
    execute("update rotation set delivered_at = null where request_id = ?", requestId);

    try (Connection other = postgres().connectAsSuperuser();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      other.setAutoCommit(false);
      other.createStatement().execute("lock table rotation in access exclusive mode");
      CompletableFuture<?>[] responses =
          IntStream.range(0, DELIVERIES)
              .mapToObj(i -> new Delivered(rotations.get(i), at.plusSeconds(i)))
              .map(each -> CompletableFuture.runAsync(() -> recorder.delivered(each), threads))
              .toArray(CompletableFuture[]::new);
      CompletableFuture<Void> all = CompletableFuture.allOf(responses);
      int cut = 0;
      while (!all.isDone()) {
        cut += query(CUT).size();
      }
      assertThat(cut).isPositive();
      other.rollback();
    }

    await().until(() -> recorded().size() == DELIVERIES);
    assertThat(recorded())
        .isEqualTo(IntStream.range(0, DELIVERIES).mapToObj(at::plusSeconds).toList());
  }

  private UUID rotate() {
    return UUID.fromString(
        Objects.requireNonNull(
            keyed("payments")
                .post(CHECKOUT, json("name", "n-" + UUID.randomUUID()))
                .header("Rekey-Rotation-Id")));
  }

  /** The times of this test's deliveries, in the order of their rotations. */
  private List<Instant> recorded() {
    return query(
            "select extract(epoch from delivered_at) * 1000000 as micros from rotation"
                + " where request_id = ? and delivered_at is not null order by requested_at",
            requestId)
        .stream()
        .map(row -> (Number) Objects.requireNonNull(row.get("micros")))
        .map(micros -> Instant.EPOCH.plus(micros.longValue(), ChronoUnit.MICROS))
        .toList();
  }
}
