package dev.rekey.bench;

import dev.rekey.run.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/**
 * Generates a history of ninety days: pairs of requested and final events for two thousand subjects
 * of twenty teams, a few denials, and a few rare events to search for.
 */
final class Fill {

  static final Duration SPAN = Duration.ofDays(90);
  static final int SUBJECTS = 2_000;
  static final int TEAMS = 20;

  /** Has a hundred events, whatever the total. */
  static final String RARE_ACTOR = "rare-actor";

  /** A word in the reason of a hundred events. */
  static final String RARE_WORD = "zeppelin";

  private static final int PER_TRANSACTION = 100_000;
  private static final int RARE_EVENTS = 100;
  private static final List<String> CHANGES =
      List.of("rotation", "credential.update", "credential.delete");

  private final PostgresServer postgres;
  private final Random random = new Random(42);

  Fill(PostgresServer postgres) {
    this.postgres = postgres;
  }

  /** Appends that many events by COPY. */
  void run(long events, Instant end) {
    long rareEvery = Math.max(1, events / RARE_EVENTS);
    long stepMicros = SPAN.toNanos() / 1_000 / events;
    Instant start = end.minus(SPAN);
    try (Connection connection = postgres.connect(PostgresServer.SERVICE)) {
      for (long done = 0; done < events; done += PER_TRANSACTION) {
        copy(
            connection,
            done,
            Math.min(events, done + PER_TRANSACTION),
            start,
            stepMicros,
            rareEvery);
      }
    } catch (SQLException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void copy(
      Connection connection, long from, long to, Instant start, long stepMicros, long rareEvery)
      throws SQLException, IOException {
    try (var out =
        new PGCopyOutputStream(
            connection.unwrap(PGConnection.class),
            "copy audit_event (id, type, occurred_at, outcome, reason, actor_id, actor_client_id,"
                + " actor_team, actor_kind, upstream, subject, upstream_id, credential_id,"
                + " rotation_id, request_id, trace_id, source_ip, source_user_agent, changes)"
                + " from stdin",
            1 << 20)) {
      var line = new StringBuilder();
      UUID rotation = new UUID(0, 0);
      UUID request = rotation;
      int subject = 0;
      for (long i = from; i < to; i++) {
        boolean requested = i % 2 == 0;
        if (requested) {
          rotation = uuid(start.plus(i * stepMicros, ChronoUnit.MICROS));
          request = new UUID(random.nextLong(), random.nextLong());
          subject = random.nextInt(SUBJECTS);
        }
        line.setLength(0);
        row(
            line,
            i,
            start.plus(i * stepMicros, ChronoUnit.MICROS),
            rotation,
            request,
            subject,
            i % rareEvery == 1);
        out.write(line.toString().getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private void row(
      StringBuilder line,
      long i,
      Instant at,
      UUID rotation,
      UUID request,
      int subject,
      boolean rare) {
    boolean requested = i % 2 == 0;
    String change = CHANGES.get(subject % 10 < 8 ? 0 : subject % 2 + 1);
    boolean failed = !requested && subject % 97 == 0;
    String outcome = requested ? "\\N" : rare ? "unknown" : failed ? "rejected" : "succeeded";
    String type = change + (requested ? ".requested" : "." + outcome);
    boolean connector = subject % 2 == 0;
    line.append(uuid(at))
        .append('\t')
        .append(type)
        .append('\t')
        .append(at)
        .append('\t')
        .append(outcome)
        .append('\t')
        .append(
            rare
                ? "the " + RARE_WORD + " did not answer in time"
                : failed ? "the upstream answered 409" : "\\N")
        .append('\t')
        .append(rare ? RARE_ACTOR : "deployer-" + subject % 400)
        .append('\t')
        .append("client-")
        .append(subject % 400)
        .append('\t')
        .append("team-")
        .append(subject % TEAMS)
        .append('\t')
        .append("caller")
        .append('\t')
        .append(connector ? "conductorone" : "keycard")
        .append('\t')
        .append(subject(subject))
        .append('\t')
        .append(requested ? "\\N" : "cred-" + Long.toString(i, 36))
        .append('\t')
        .append(requested ? "\\N" : new UUID(7, subject * 16L + i % 16).toString())
        .append('\t')
        .append(rotation)
        .append('\t')
        .append(request)
        .append('\t')
        .append(Long.toHexString(request.getMostSignificantBits()))
        .append(Long.toHexString(request.getLeastSignificantBits()))
        .append('\t')
        .append("10.1.")
        .append(subject % 256)
        .append('.')
        .append(subject % 199)
        .append('\t')
        .append("rekey-sdk/1.4 (linux; amd64)")
        .append('\t')
        .append(
            change.equals("credential.update")
                ? "[{\"to\": \"ci-2\", \"from\": \"ci-1\", \"field\": \"name\"}]"
                : "[]")
        .append('\n');
  }

  /** Searches by name, as query parameters: some match many of these events, some few. */
  static Map<String, String> searches() {
    var filters = new LinkedHashMap<String, String>();
    filters.put("no filter", "");
    filters.put("type", "type=rotation.succeeded");
    filters.put("rare type", "type=rotation.unknown");
    filters.put("outcome", "outcome=rejected");
    filters.put("rare outcome", "outcome=unknown");
    filters.put("actor", "actor=deployer-7");
    filters.put("rare actor", "actor=" + RARE_ACTOR);
    filters.put("team", "team=team-3");
    filters.put("upstream", "upstream=keycard");
    filters.put("subject", "subject=" + subject(42));
    filters.put("subject prefix", "subject=apps/app-7/*");
    filters.put("credentialId", "credentialId=00000000-0000-0007-0000-0000000002a1");
    filters.put("q, common word", "q=keycard");
    filters.put("q, rare word", "q=" + RARE_WORD);
    filters.put("team and type", "team=team-3&type=rotation.rejected");
    return filters;
  }

  static String subject(int number) {
    return number % 2 == 0
        ? "apps/app-" + number / 20 + "/connectors/connector-" + number
        : "organizations/acme/service-accounts/sa-" + number;
  }

  // UUIDv7 starts with the milliseconds.
  private UUID uuid(Instant at) {
    return new UUID(
        (at.toEpochMilli() << 16) | 0x7000 | random.nextInt(0x1000),
        (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L);
  }
}
