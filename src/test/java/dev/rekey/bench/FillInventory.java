package dev.rekey.bench;

import dev.rekey.run.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/**
 * Generates an inventory of three years: five credentials per subject, half of them at each
 * upstream, most of them active; and a hundred that are rare in every respect, whatever the total.
 */
final class FillInventory {

  static final int OF_A_SUBJECT = 5;

  /** Occurs in the descriptions of the rare credentials. */
  static final String RARE_WORD = "zeppelin";

  private static final int RARE = 100;
  private static final int PER_TRANSACTION = 50_000;
  private static final int SUBJECTS_OF_AN_APP = 200;
  private static final Duration AGE = Duration.ofDays(3 * 365);

  private final PostgresServer postgres;
  private final Instant now;
  private final Random random = new Random(42);

  FillInventory(PostgresServer postgres, Instant now) {
    this.postgres = postgres;
    this.now = now;
  }

  /** Adds that many credentials by COPY, as the service's role. */
  void run(long credentials) {
    try (Connection connection = postgres.connect(PostgresServer.SERVICE)) {
      for (long done = 0; done < credentials; done += PER_TRANSACTION) {
        copy(connection, done, Math.min(credentials, done + PER_TRANSACTION), credentials);
      }
    } catch (SQLException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void copy(Connection connection, long from, long to, long all)
      throws SQLException, IOException {
    try (var out =
        new PGCopyOutputStream(
            connection.unwrap(PGConnection.class),
            "copy credential (id, upstream, subject, upstream_id, client_id, display_name,"
                + " description, status, origin, created_at, expires_at, policy_expires_at,"
                + " last_used_at, recorded_at, observed_at, version) from stdin",
            1 << 20)) {
      for (long i = from; i < to; i++) {
        out.write(row(i, all).getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private String row(long i, long all) {
    boolean isRare = i % Math.max(1, all / RARE) == 7;
    long subject = i / OF_A_SUBJECT;
    boolean isConnector = subject % 2 == 0;
    Instant created = now.minusMillis((long) (random.nextDouble() * AGE.toMillis()));
    int fate = random.nextInt(100);
    String status =
        isRare
            ? "MISSING"
            : fate < 80 ? "ACTIVE" : fate < 83 ? "RETIRING" : fate < 95 ? "RETIRED" : "EXPIRED";
    Instant end =
        isRare ? now.plus(days(2)) : now.plusMillis(random.nextLong(days(400).toMillis()));
    Instant used = now.minusMillis((long) (Math.pow(random.nextDouble(), 3) * AGE.toMillis()));
    return String.join(
        "\t",
        uuid(created).toString(),
        isConnector ? "conductorone" : "keycard",
        subject(subject),
        "cred-" + Long.toString(i, 36),
        "client-" + Long.toString(random.nextLong() >>> 20, 36),
        "ci-" + Long.toString(i % 9973, 36) + "-" + i % 12,
        isRare
            ? "waits for the " + RARE_WORD
            : random.nextInt(3) == 0 ? "made by the pipeline" : "\\N",
        status,
        isRare ? "ADOPTED" : random.nextInt(10) == 0 ? "DISCOVERED" : "MINTED",
        text(created),
        text(isConnector && random.nextInt(4) > 0 ? end : null),
        text(isConnector ? null : end),
        text(random.nextInt(5) == 0 ? null : used),
        text(created),
        text(now),
        "0\n");
  }

  private static Duration days(int days) {
    return Duration.ofDays(days);
  }

  private static String text(@Nullable Instant time) {
    return time == null ? "\\N" : time.toString();
  }

  static String subject(long number) {
    long parent = number / SUBJECTS_OF_AN_APP;
    return number % 2 == 0
        ? "apps/app-" + parent + "/connectors/connector-" + number
        : "organizations/org-" + parent + "/service-accounts/sa-" + number;
  }

  // UUIDv7 starts with the milliseconds.
  private UUID uuid(Instant at) {
    return new UUID(
        (at.toEpochMilli() << 16) | 0x7000 | random.nextInt(0x1000),
        (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L);
  }
}
