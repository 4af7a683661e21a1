package dev.rekey.verify;

import dev.rekey.run.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * A chain of 45 events: five of fourteen months ago and forty of the last hour, one per minute. It
 * has checkpoints at seq 5, 15, 25, 35 and 45, with copies in a log. Its database has no
 * constraints, as after an attack by a superuser.
 */
final class SampleChain implements AutoCloseable {

  static final int MIDDLE = 20;
  static final int LAST = 45;

  private static final int OLD = 5;
  private static final List<String> TABLES =
      List.of("audit_event", "audit_seal", "audit_checkpoint", "audit_sealer");

  private final OffsetDateTime oldMonth =
      OffsetDateTime.now(ZoneOffset.UTC)
          .minusMonths(14)
          .withDayOfMonth(1)
          .truncatedTo(ChronoUnit.DAYS);

  private final Instant start =
      Instant.now().minus(Duration.ofHours(1)).truncatedTo(ChronoUnit.MILLIS);
  private final KeyPair keys = ReferenceChain.newKeys();
  private final ReferenceChain book = new ReferenceChain(keys);
  private final List<JsonNode> log = new ArrayList<>();
  private final Path directory;
  private final ScratchDatabase database;
  private final Connection connection;

  SampleChain(PostgresServer server, Path directory) {
    this.directory = directory;
    this.database = ScratchDatabase.migrated(server);
    this.connection = database.connect();
    write("audit.pub", ReferenceChain.pem(keys));
    fill();
  }

  private void fill() {
    execute("alter table audit_event drop constraint audit_event_actor_kind_check");
    execute("alter table audit_seal drop constraint audit_seal_event_id_key");
    execute("alter table audit_checkpoint drop constraint audit_checkpoint_check");
    makeOldMonth();
    for (int i = 1; i <= OLD; i++) {
      insert(oldMonth.plusSeconds(i).toInstant());
    }
    checkpoint(start);
    for (int i = OLD + 1; i <= LAST; i++) {
      insert(at(i));
      if (i % 10 == OLD) {
        checkpoint(at(i));
      }
    }
    for (String table : TABLES) {
      execute("create table original_%1$s as select * from %1$s".formatted(table));
    }
  }

  private void makeOldMonth() {
    String name = oldPartition();
    execute(
        "create table if not exists %s partition of audit_event for values from ('%s') to ('%s')"
            .formatted(name, oldMonth, oldMonth.plusMonths(1)));
    execute("alter table %s owner to %s".formatted(name, PostgresServer.OWNER));
  }

  /** Restores the original rows. */
  void restore() {
    makeOldMonth();
    for (String table : TABLES) {
      execute("delete from " + table);
      execute("insert into %1$s select * from original_%1$s".formatted(table));
    }
  }

  /** The time of the event with that seq, which need not exist. */
  Instant at(int seq) {
    return start.plus(Duration.ofMinutes(seq - OLD));
  }

  /** Inserts an event with a value in every column. */
  UUID insert(Instant at) {
    var id = UUID.randomUUID();
    execute(
        """
        insert into audit_event (
          id, type, occurred_at, outcome, reason, actor_id, actor_client_id, actor_team,
          actor_kind, upstream, subject, upstream_id, credential_id, rotation_id, request_id,
          trace_id, source_ip, source_user_agent, changes)
        values (?, 'credential.update.succeeded', ?, 'succeeded', 'because', 'ünal', 'client',
          'payments', 'caller', 'keycard', 'organizations/acme/service-accounts/checkout',
          'cred-1', gen_random_uuid(), gen_random_uuid(), 'request-1', 'trace-1', '127.0.0.1',
          'curl/8.5.0', '[{"to": "b", "from": "a", "field": "name"},
            {"to": null, "from": "x", "field": "description"}]')
        """,
        id,
        at.atOffset(ZoneOffset.UTC));
    return id;
  }

  /** Seals all unsealed events. */
  void seal() {
    try {
      book.seal(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Seals all unsealed events, and takes a checkpoint, which is also logged. */
  void checkpoint(Instant takenAt) {
    seal();
    log.add(checkpoint(book, takenAt));
  }

  /** Takes a checkpoint without logging it. */
  void signAgain(Instant takenAt) {
    checkpoint(book, takenAt);
  }

  /** Takes a checkpoint with another key. */
  JsonNode checkpoint(ReferenceChain signer, Instant takenAt) {
    try {
      return signer.checkpoint(connection, takenAt);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  void execute(String sql, Object... parameters) {
    try (var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      statement.execute();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Inserts an event that records a dropped month. */
  void recordDrop(String partition, int events, int firstSeq, int lastSeq) {
    execute(
        """
        insert into audit_event (id, type, occurred_at, actor_id, actor_kind, changes)
        values (gen_random_uuid(), 'audit.partition-dropped', now(), 'rekey', 'system',
          jsonb_build_array(
            jsonb_build_object('field', 'partition', 'from', ?::text, 'to', null),
            jsonb_build_object('field', 'events', 'from', (?::int)::text, 'to', null),
            jsonb_build_object('field', 'firstSeq', 'from', (?::int)::text, 'to', null),
            jsonb_build_object('field', 'lastSeq', 'from', (?::int)::text, 'to', null)))
        """,
        partition,
        events,
        firstSeq,
        lastSeq);
  }

  /** The start of the month of the five oldest events. */
  OffsetDateTime oldMonth() {
    return oldMonth;
  }

  /** The partition of that month. */
  String oldPartition() {
    return "audit_event_" + DateTimeFormatter.ofPattern("uuuu_MM").format(oldMonth);
  }

  /** Drops the old month like Rekey, with or without the event that records it. */
  UUID dropOldMonth(boolean withEvent) {
    var id = UUID.randomUUID();
    execute(
        (withEvent ? "with dropped_partition as (%s) %s" : "%s")
            .formatted(
                "select * from audit_drop_partition('13 months')",
                """
                insert into audit_event (id, type, occurred_at, actor_id, actor_kind, changes)
                select '%s', 'audit.partition-dropped', now(), 'rekey', 'system', jsonb_build_array(
                  jsonb_build_object('field', 'partition', 'from', dropped, 'to', null),
                  jsonb_build_object('field', 'events', 'from', events::text, 'to', null),
                  jsonb_build_object('field', 'firstSeq', 'from', first_seq::text, 'to', null),
                  jsonb_build_object('field', 'lastSeq', 'from', last_seq::text, 'to', null))
                from dropped_partition
                """
                    .formatted(id)));
    checkpoint(Instant.now());
    return id;
  }

  /** The current row hash of an event. */
  byte[] rowHash(UUID event) {
    try {
      return ReferenceChain.rowHash(
          ReferenceChain.events(connection, "where e.id = '" + event + "'").getFirst());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The chain hash at a seq. */
  byte[] head(long seq) {
    try {
      return ReferenceChain.head(connection, seq);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The lines of an export after a seq. */
  List<String> export(long afterSeq) {
    try {
      return book.export(connection, afterSeq);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The event that is sealed at a seq. */
  UUID id(int seq) {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("select event_id from audit_seal where seq = " + seq)) {
      row.next();
      return row.getObject(1, UUID.class);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs the command for this database. */
  VerifyRun verify(String... more) {
    return VerifyRun.run(
        Stream.concat(
                Stream.of("--database", database.url(), "--public-key", publicKey()),
                Arrays.stream(more))
            .toArray(String[]::new));
  }

  String url() {
    return database.url();
  }

  String publicKey() {
    return directory.resolve("audit.pub").toString();
  }

  /** The checkpoint at a seq. */
  JsonNode checkpoint(int seq) {
    return log.get((seq - OLD) / 10);
  }

  /** Writes a log with the checkpoints up to a seq, and other lines. */
  String log(int seq) {
    return write(
        "rekey-" + seq + ".log",
        log.stream()
            .filter(checkpoint -> checkpoint.get("seq").asInt() <= seq)
            .map(
                checkpoint ->
                    "INFO d.r.Other : {}%nINFO d.r.a.checkpoint : %s%n".formatted(checkpoint))
            .collect(Collectors.joining()));
  }

  /** Writes a file; returns its path. */
  String write(String name, String text) {
    try {
      return Files.writeString(directory.resolve(name), text).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    database.close();
  }
}
