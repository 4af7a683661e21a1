package dev.rekey.credential.refresh;

import static dev.rekey.run.Control.retryAfter;
import static dev.rekey.run.Control.status;
import static dev.rekey.run.Control.times;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.Http.Answer;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.UpstreamCredential;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Scans that fail make nothing missing, do not stop other scans, and are repeated. */
class RefreshFailureIT extends RefreshIT {

  /** A page of no items that is not the last one, with a cursor. */
  private static final String EMPTY_PAGE =
      """
      {"items":[],"page_info":{"has_next_page":true,"has_prev_page":false,"end_cursor":"%s"}}
      """;

  @AfterEach
  void forgetFailures() {
    execute("delete from refresh_failure");
  }

  @Test
  void whileAnUpstreamIsDownNothingIsMissingAndObservationsAge() {
    String id = mint("kept");
    refresh();
    Instant before = shownObservedAt(id);
    ageObservations(Duration.ofHours(1));
    Instant hourAgo = shownObservedAt(id);
    for (String operation : List.of("list", "get", "list-service-accounts")) {
      control().fault("keycard", operation, "status", status(503));
    }

    makeRunDue();
    refresher.sweep();

    assertThat(shownObservedAt(id))
        .isBefore(Instant.now().minusSeconds(3_500))
        .isEqualTo(hourAgo)
        .isBefore(before);
    assertThat(row(id)).containsEntry("status", "ACTIVE");
    assertThat(lagOfKeycard()).isGreaterThan(3_500);
    assertThat(query("select 1 from refresh_failure where upstream = 'keycard'")).isNotEmpty();

    control().clearFaults();
    execute("update refresh_failure set next_try_at = now() - interval '1 s'");
    refresh();
    assertThat(lagOfKeycard()).isLessThan(60);
    assertThat(query("select 1 from refresh_failure")).isEmpty();
  }

  @Test
  void proxyThatReachesNoUpstreamMakesNothingMissingOrRetired() {
    String there = mint("there");
    String connected = rotateOkta();
    awaitFollowUps();
    refresh();
    List.of("list", "get", "delete", "list-service-accounts")
        .forEach(operation -> control().fault("keycard", operation, "no-backend"));
    control().fault("conductorone", "get", "no-backend");

    makeRunDue();
    refresher.sweep();
    Answer read = as("payments").get(CHECKOUT + "/" + there);
    Answer deleted = as("payments").delete(CHECKOUT + "/" + there);

    assertThat(List.of(read, deleted))
        .extracting(answer -> answer.text("/type"))
        .containsOnly("/problems/upstream-unavailable");
    assertThat(List.of(row(there), row(connected)))
        .allSatisfy(row -> assertThat(row).containsEntry("status", "ACTIVE"));
    assertThat(query("select distinct upstream from refresh_failure")).hasSize(2);
  }

  static Stream<Reply<?>> noResponse() {
    return Stream.of(
        new Reply.NotSent<>(Reply.Obstacle.NOT_CONNECTED), new Reply.Lost<>(Reply.Loss.TIMED_OUT));
  }

  @ParameterizedTest
  @MethodSource("noResponse")
  void withoutAResponseNothingIsMissing(Reply<?> reply) {
    String id = mint("unreached");
    refresh();
    ageObservations(Duration.ofHours(1));
    Instant hourAgo = shownObservedAt(id);
    execute(
        "update refresh_pass set started_at = now() - interval '1 hour',"
            + " last_whole = now() - interval '1 hour', leased_until = now()");
    ListableUpstream unreachable =
        keycardReturning(method -> method.getReturnType() == Reply.class ? reply : null);
    UpstreamRefresh refresh = refreshOf(unreachable, Duration.ofMinutes(15));

    refresh.run();
    refresh.release();

    assertThat(shownObservedAt(id)).isEqualTo(hourAgo);
    assertThat(row(id)).containsEntry("status", "ACTIVE");
    assertThat(typesOf(id)).containsExactly("rotation.succeeded");
    assertThat(lagOfKeycard()).isGreaterThan(3_500);
  }

  @Test
  void responseThatCannotBeRecordedDoesNotStopOtherScans() {
    UpstreamCredential impossible =
        reported("impossible", "", Instant.parse("+300000-01-01T00:00:00Z"));
    var page = new ListableUpstream.Page(List.of(impossible), false, false, null, null, null);
    ListableUpstream keycard =
        keycardReturning(
            method -> method.getName().equals("list") ? new Reply.Success<>(page) : null);
    makeRunDue();

    runUntilARunIsComplete(refreshOf(keycard, Duration.ofHours(1)));

    assertThat(query("select name from refresh_failure"))
        .hasSameSizeAs(
            query("select 1 from watched where upstream = 'keycard' and not is_directory"));
  }

  @Test
  void subjectWhoseScanFailsDoesNotStopOtherScans() {
    control().seed(3, 1);
    control().fault("keycard", "list", "status", status(500), times(1));
    long first = discoveredOf("sa-0001");
    long last = discoveredOf("sa-0003");

    makeRunDue();
    refresher.sweep();
    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () -> {
              refresher.sweep();
              return discoveredOf("sa-0003") > last;
            });

    assertThat(query("select name from refresh_failure")).hasSize(1);
    assertThat(discoveredOf("sa-0001") - first).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"same, 2", "$unique, 100"})
  void listWithoutAnEndDoesNotStopOtherScans(String cursor, int pages) {
    control().seed(3, 1);
    control().respond("keycard", "list", 200, EMPTY_PAGE.formatted(cursor), times(pages));
    long listed = control().calls("list");
    long last = discoveredOf("sa-0003");

    makeRunDue();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              refresher.sweep();
              return discoveredOf("sa-0003") > last;
            });

    assertThat(query("select reason from refresh_failure"))
        .singleElement()
        .satisfies(row -> assertThat(row).containsEntry("reason", "its list has no end"));
    // Each of the other accounts has one page.
    assertThat(control().calls("list") - listed).isBetween(pages + 4L, pages + 20L);
  }

  @Test
  void directoryWithoutAnEndDoesNotStopOtherScans() {
    String id = mint("listed");
    control().respond("keycard", "list-service-accounts", 200, EMPTY_PAGE.formatted("same"));
    renameOutsideRekey(id, "renamed");

    refresh();

    assertThat(query("select reason from refresh_failure where name = 'organizations/acme'"))
        .singleElement()
        .satisfies(row -> assertThat(row).containsEntry("reason", "its list has no end"));
    assertThat(row(id)).containsEntry("display_name", "renamed");
  }

  @Test
  void repeatedFailureDoesNotDelayOtherScans() {
    execute(
        """
        insert into refresh_failure (upstream, name, since, tries, reason, next_try_at)
        select upstream, name, now(), 1, 'it responded 400', now() from watched
        where upstream = 'keycard' and not is_directory order by name limit 1
        """);
    control().fault("keycard", "list", "status", status(400));
    long before = completeRuns();
    // The pause before a retry is at most the interval, so failed scans are due at once.
    UpstreamRefresh refresh = refreshOfKeycard(Duration.ofMillis(1));
    execute("update refresh_pass set leased_until = now()");

    var run = CompletableFuture.runAsync(refresh, VIRTUAL_THREADS);

    await().atMost(Duration.ofSeconds(4)).until(() -> completeRuns() > before);
    refresh.stop();
    run.join();
    refresh.release();
  }

  @Test
  void scansPauseWhenTheUpstreamRequestsAPause() {
    control().fault("keycard", "list", "status", status(429), retryAfter(2));
    long before = control().calls("list");

    makeRunDue();
    refresher.sweep();
    refresher.sweep();

    assertThat(control().calls("list") - before).isEqualTo(1);
    assertThat(query("select 1 from refresh_failure")).isEmpty();
  }

  @Test
  void scansPauseWhenACallerGotARequestForAPause() {
    String id = mint("limited");
    control().fault("keycard", "update", "status", status(429), retryAfter(2));
    long before = control().calls("list");
    rename(id, "refused");

    makeRunDue();
    refresher.sweep();

    assertThat(control().calls("list") - before).isZero();
  }
}
