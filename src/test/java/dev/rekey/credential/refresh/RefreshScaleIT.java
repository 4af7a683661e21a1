package dev.rekey.credential.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

/** The scheduled refresher as in production, with a larger call budget. */
@TestPropertySource(
    properties = {
      "rekey.refresh.enabled=true",
      // The first run ends before the second is due, so that there is a pause between them.
      "rekey.refresh.interval=3m",
      "rekey.refresh.calls-per-second=" + RefreshScaleIT.PER_SECOND,
      "rekey.refresh.burst=" + RefreshScaleIT.BURST
    })
@DirtiesContext
@Tag("chaos")
class RefreshScaleIT extends RekeyIT {

  static final int PER_SECOND = 250;
  static final int BURST = 10;

  private static final int ACCOUNTS = 2_000;
  private static final int EACH = 5;
  private static final int PAGE = 100;

  @Test
  void secondRunWithoutDifferencesWritesNothing() {
    await().until(() -> run() > 0 && !isOpen());
    control().seed(ACCOUNTS, EACH);
    int callsBefore = control().callTimes("keycard").size();
    startFirstRun();
    await()
        .atMost(Duration.ofMinutes(4))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> active() == ACCOUNTS * EACH && !isOpen());
    List<Map<String, Object>> written = settledWrites();
    long run = run();
    int calls = control().callTimes("keycard").size();
    assertThat(calls - callsBefore).as("calls of the first run").isEqualTo(callsOfARun());

    await()
        .atMost(Duration.ofMinutes(6))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> run() > run && !isOpen());

    assertThat(control().callTimes("keycard").size() - calls)
        .as("calls of the second run")
        .isEqualTo(callsOfARun());
    assertThat(settledWrites()).isEqualTo(written);
    assertBudgetWasKept();
  }

  /** One for each service account, and one for each page of an organization's list. */
  private static int callsOfARun() {
    return subjects() + (subjects() + PAGE - 1) / PAGE;
  }

  private static void startFirstRun() {
    execute(
        "update refresh_pass set started_at = null, ended_at = null, last_whole = null"
            + " where upstream = 'keycard'");
  }

  private static long active() {
    return numberOf(
        "select count(*) from credential"
            + " where status = 'ACTIVE' and subject like '%/service-accounts/sa-%'");
  }

  private static boolean isOpen() {
    return !query("select 1 from refresh_pass where upstream = 'keycard' and ended_at is null")
        .isEmpty();
  }

  private static long run() {
    return numberOf("select coalesce(max(number), 0) from refresh_pass where upstream = 'keycard'");
  }

  private static int subjects() {
    return query("select 1 from watched where upstream = 'keycard' and not is_directory").size();
  }

  /** The numbers of writes, once the server's statistics no longer change. */
  private static List<Map<String, Object>> settledWrites() {
    var last = new Object[] {writes()};
    await()
        .pollDelay(Duration.ofSeconds(3))
        .pollInterval(Duration.ofSeconds(3))
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              Object before = last[0];
              last[0] = writes();
              return before.equals(last[0]);
            });
    return writes();
  }

  private static List<Map<String, Object>> writes() {
    return query(
        """
        select relname, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_user_tables
        where relname in ('credential', 'watched', 'refresh_failure', 'webhook_delivery')
          or relname like 'audit_event%' or relname = 'audit_seal'
        order by relname
        """);
  }

  private static void assertBudgetWasKept() {
    List<Instant> times = control().callTimes("keycard");
    for (int i = 0; i + 2 * PER_SECOND < times.size(); i++) {
      // The machine may delay a call by a third of a second before the sandbox counts it.
      assertThat(Duration.between(times.get(i), times.get(i + 2 * PER_SECOND)))
          .isGreaterThan(Duration.ofMillis(1_660 - 1_000 * BURST / PER_SECOND));
    }
  }
}
