package dev.rekey.credential.refresh;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.RekeyProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;

/** Another replica continues the run of a replica that was killed. */
@Tag("chaos")
class RefreshCrashIT extends RekeyIT {

  private static final int ACCOUNTS = 60;

  @TempDir private Path directory;

  @Autowired private Refresher refresher;

  @Test
  void anotherReplicaContinuesAtTheCheckpointAndRecordsNothingTwice() {
    control().seed(ACCOUNTS, 2);
    deleteRuns();
    String position = killDuringRun(1);
    long lists = control().calls("list");

    continueToTheEnd(1);

    assertThat(
            query(
                "select upstream_id from audit_event where type = 'credential.discovered'"
                    + " and subject like '%/sa-00__' group by upstream_id having count(*) > 1"))
        .isEmpty();
    assertThat(
            query(
                "select distinct upstream_id from audit_event where type = 'credential.discovered'"
                    + " and subject like '%/sa-00__' and occurred_at > now() - interval '5 min'"))
        .hasSizeGreaterThanOrEqualTo(2 * ACCOUNTS);
    assertThat(control().calls("list") - lists)
        .as("only targets after " + position)
        .isBetween(1L, ACCOUNTS + 10L - 20);
  }

  @Test
  void driftIsRecordedOnceThoughAReplicaIsKilled() {
    execute("update credential set status = 'RETIRED' where subject like '%/sa-%'");
    control().seed(ACCOUNTS, 1);
    deleteRuns();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              refresher.sweep();
              return !isOpen();
            });
    Map<String, String> expected = new LinkedHashMap<>();
    for (int account = 1; account <= ACCOUNTS; account++) {
      String subject = "organizations/acme/service-accounts/sa-%04d".formatted(account);
      String id = control().live(subject).getFirst();
      expected.put(id, change(account % 3, "/" + subject + "/credentials/", id));
    }
    RefreshIT.makeRunDue();

    killDuringRun(2);
    continueToTheEnd(2);

    expected.forEach((id, type) -> assertThat(driftOf(id)).containsExactly(type));
  }

  /** Changes a credential outside Rekey; returns the type of the event to expect. */
  private static String change(int what, String path, String id) {
    return switch (what) {
      case 0 -> {
        keycardDirectly().send("PATCH", path + id, json("name", "renamed"));
        yield "credential.changed";
      }
      case 1 -> {
        keycardDirectly().delete(path + id);
        yield "credential.missing";
      }
      default -> {
        execute("update credential set status = 'MISSING' where upstream_id = ?", id);
        yield "credential.reappeared";
      }
    };
  }

  private static List<String> driftOf(String id) {
    return query(
            "select type from audit_event where upstream_id = ?"
                + " and type <> 'credential.discovered'",
            id)
        .stream()
        .map(row -> (String) row.get("type"))
        .toList();
  }

  /** Kills a replica after the twentieth account; returns its last checkpoint. */
  private String killDuringRun(long run) {
    try (RekeyProcess first = RekeyProcess.start(properties(), log(run, "first"))) {
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> position(run).compareTo("organizations/acme/service-accounts/sa-0020") > 0);
      first.kill();
      assertThat(number()).isEqualTo(run);
      assertThat(isOpen()).isTrue();
      return position(run);
    }
  }

  private void continueToTheEnd(long run) {
    execute("update refresh_pass set leased_until = now() - interval '1 s'");
    try (RekeyProcess second = RekeyProcess.start(properties(), log(run, "second"))) {
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> !isOpen() || number() > run);
      assertThat(second.isAlive()).isTrue();
    }
  }

  private Path log(long run, String replica) {
    return directory.resolve(replica + "-" + run + ".log");
  }

  private Map<String, String> properties() {
    var properties = new LinkedHashMap<>(surroundings().properties());
    properties.put("rekey.refresh.enabled", "true");
    properties.put("rekey.refresh.interval", "10s");
    properties.put("rekey.refresh.calls-per-second", "10");
    properties.put("rekey.refresh.burst", "1");
    return properties;
  }

  private static void deleteRuns() {
    execute("delete from refresh_stretch");
    execute("delete from refresh_pass");
    execute("delete from watched where name not like '%/checkout' and name not like '%/indexer'");
  }

  private static String position(long run) {
    return query(
            "select to_name from refresh_stretch where upstream = 'keycard' and pass = ?"
                + " order by to_name desc limit 1",
            run)
        .stream()
        .map(row -> String.valueOf(row.get("to_name")))
        .findFirst()
        .orElse("");
  }

  private static long number() {
    return numberOf("select number from refresh_pass where upstream = 'keycard'");
  }

  private static boolean isOpen() {
    return !query("select 1 from refresh_pass where upstream = 'keycard' and ended_at is null")
        .isEmpty();
  }
}
