package dev.rekey.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.RekeyProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica that is killed in the midst of its looks. */
@Tag("chaos")
class RefreshCrashIT extends RekeyIT {

  private static final int ACCOUNTS = 60;

  @TempDir private Path directory;

  @Test
  void anotherReplicaGoesOnWhereItWasAndTellsNothingTwice() {
    control().seed("{\"serviceAccounts\":" + ACCOUNTS + ",\"credentialsEach\":2}");
    forgetPasses();
    long pass;
    String position;
    try (RekeyProcess first = RekeyProcess.start(properties(), directory.resolve("first.log"))) {
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> position().compareTo("organizations/acme/service-accounts/sa-0020") > 0);
      first.kill();
      position = position();
      pass = number();
      assertThat(isUnderWay()).isTrue();
    }
    long lists = control().calls("list");
    execute("update refresh_pass set leased_until = now() - interval '1 s'");

    try (RekeyProcess second = RekeyProcess.start(properties(), directory.resolve("second.log"))) {
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> !isUnderWay() || number() > pass);
      assertThat(second.isAlive()).isTrue();
    }

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
        .as("only what comes after " + position)
        .isBetween(1L, ACCOUNTS + 10L - 20);
  }

  private Map<String, String> properties() {
    var properties = new LinkedHashMap<>(surroundings().properties());
    properties.put("rekey.refresh.enabled", "true");
    properties.put("rekey.refresh.interval", "10s");
    properties.put("rekey.refresh.calls-per-second", "10");
    properties.put("rekey.refresh.burst", "1");
    return properties;
  }

  private static void forgetPasses() {
    execute("delete from refresh_stretch");
    execute("delete from refresh_pass");
    execute("delete from watched where name not like '%/checkout' and name not like '%/indexer'");
  }

  private static String position() {
    return query(
            "select to_name from refresh_stretch where upstream = 'keycard' and pass = 1"
                + " order by to_name desc limit 1")
        .stream()
        .map(row -> String.valueOf(row.get("to_name")))
        .findFirst()
        .orElse("");
  }

  private static long number() {
    return numberOf("select number from refresh_pass where upstream = 'keycard'");
  }

  private static boolean isUnderWay() {
    return !query("select 1 from refresh_pass where upstream = 'keycard' and ended_at is null")
        .isEmpty();
  }
}
