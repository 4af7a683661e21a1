package dev.rekey.audit.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.RekeyProcess;
import dev.rekey.run.Surroundings;
import dev.rekey.run.Tokens;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An export is larger than Rekey's memory. */
@Tag("chaos")
class ExportMemoryIT {

  private static final int EVENTS = 400_000;

  @TempDir private Path directory;

  @Test
  void exportLargerThanMemoryIsComplete() throws Exception {
    try (var surroundings = Surroundings.start();
        var rekey =
            RekeyProcess.start(
                surroundings.properties(),
                directory.resolve("rekey.log"),
                List.of("-Xmx160m", "-XX:+ExitOnOutOfMemoryError"))) {
      append(surroundings);
      var request =
          HttpRequest.newBuilder(
                  URI.create("http://localhost:" + rekey.port() + "/api/v1/audit-events/export"))
              .header("Authorization", "Bearer " + Tokens.of(surroundings.sandbox(), "auditor"))
              .build();

      Read read =
          read(HttpClient.newHttpClient().send(request, BodyHandlers.ofInputStream()).body());

      assertThat(read.bytes()).isGreaterThan(EVENTS * 600L);
      assertThat(read.end()).contains("\"kind\":\"trailer\"").contains("\"count\":" + EVENTS);
      assertThat(rekey.isAlive()).isTrue();
    }
  }

  private static void append(Surroundings surroundings) throws SQLException {
    try (var connection = surroundings.postgres().connectAsSuperuser();
        var statement = connection.createStatement()) {
      statement.execute(
          "insert into audit_event (id, type, occurred_at, actor_id, actor_kind, reason) select"
              + " test_uuidv7(), 'access.denied', now() - make_interval(secs => i * 1e-3), 'a',"
              + " 'caller', repeat('because ', 50) from generate_series(1, "
              + EVENTS
              + ") i");
      await()
          .atMost(Duration.ofMinutes(3))
          .until(
              () -> {
                try (var rows = statement.executeQuery("select count(*) from audit_seal")) {
                  return rows.next() && rows.getLong(1) == EVENTS;
                }
              });
    }
  }

  /** The length and the last kilobyte of a response. */
  private record Read(long bytes, String end) {}

  private static Read read(InputStream body) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    byte[] end = {};
    long bytes = 0;
    try (body) {
      for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
        bytes += read;
        byte[] both = Arrays.copyOf(end, end.length + read);
        System.arraycopy(buffer, 0, both, end.length, read);
        end = Arrays.copyOfRange(both, Math.max(0, both.length - 1024), both.length);
      }
    }
    return new Read(bytes, new String(end, StandardCharsets.UTF_8));
  }
}
