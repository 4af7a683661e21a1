package dev.rekey.credential.refresh;

import static dev.rekey.run.Control.delayMs;
import static dev.rekey.run.Control.times;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.Http.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The targets and times of scans, and the replica that scans. */
class RefreshScheduleIT extends RefreshIT {

  @Test
  void onlyOneReplicaScans() {
    control().seed(20, 0);
    refresh();
    makeRunDue();
    long before = control().calls("list");
    long runs = completeRuns();
    List<UpstreamRefresh> replicas =
        List.of(refreshOfKeycard(Duration.ofHours(1)), refreshOfKeycard(Duration.ofHours(1)));

    List<CompletableFuture<Void>> futures =
        replicas.stream()
            .map(
                replica ->
                    CompletableFuture.runAsync(() -> runUntil(replica, runs), VIRTUAL_THREADS))
            .toList();
    futures.forEach(CompletableFuture::join);

    replicas.forEach(UpstreamRefresh::release);
    assertThat(control().calls("list") - before)
        .isEqualTo(
            numberOf(
                "select count(*) from watched where upstream = 'keycard' and not is_directory"));
  }

  private static void runUntil(UpstreamRefresh refresh, long runs) {
    Instant end = Instant.now().plusSeconds(20);
    while (completeRuns() == runs && Instant.now().isBefore(end)) {
      refresh.run();
    }
  }

  @Test
  void scansWaitWhileCallersKeepAnUpstreamBusy() {
    String id = mint("busy");
    // Half of the concurrent calls. Each of the two callers gets half of them.
    int callers = 64;
    control().fault("keycard", "get", "delay", delayMs(1_500), times(callers));
    int got = control().callTimes("keycard", "get").size();
    long listed = control().calls("list");
    List<CompletableFuture<Answer>> reads =
        IntStream.range(0, callers)
            .mapToObj(
                number ->
                    CompletableFuture.supplyAsync(
                        () -> as(number % 2 == 0 ? "payments" : "admin").get(CHECKOUT + "/" + id),
                        VIRTUAL_THREADS))
            .toList();
    await().until(() -> control().callTimes("keycard", "get").size() - got == callers);
    Instant busyUntil = control().callTimes("keycard", "get").get(got).plusMillis(1_500);

    refresh();

    List<Instant> lists = control().callTimes("keycard", "list");
    assertThat(lists.subList((int) listed, lists.size())).isNotEmpty();
    assertThat(lists.get((int) listed)).isAfter(busyUntil);
    assertThat(reads).allSatisfy(read -> assertThat(read.join().status()).isEqualTo(200));
  }

  @Test
  void targetsFoundInARunDoNotMakeItLonger() {
    execute("delete from watched where upstream = 'keycard' and name like '%/sa-%'");
    execute("update refresh_pass set started_at = now() - interval '1 hour', leased_until = now()");
    control().seed(60, 0);

    runUntilARunIsComplete(refreshOfKeycard(Duration.ofSeconds(4)));

    assertThat(numberOf("select count(*) from watched where name like '%/sa-%'")).isEqualTo(60);
  }

  @Test
  void deletedServiceAccountIsNoLongerScanned() {
    control().seed(1, 1);
    refresh();
    control().reset();
    refresh();
    refresh();
    long before = control().calls("list");

    refresh();

    assertThat(query("select 1 from watched where name like '%/sa-0001'")).isEmpty();
    assertThat(control().calls("list") - before).isEqualTo(2);
  }

  @Test
  void scanWithoutDifferencesUpdatesObservedAtAndNoRow() {
    String id = mint("still");
    String before = rowVersion(id);
    Instant minted = shownObservedAt(id);

    refresh();

    assertThat(shownObservedAt(id)).isAfter(minted);
    assertThat(shown(id).text("/sources/facts/from")).isEqualTo("UPSTREAM");
    assertThat(rowVersion(id)).isEqualTo(before);
  }

  private static String rowVersion(String id) {
    return query("select xmin::text from credential where upstream_id = ?", id).toString();
  }
}
