package dev.rekey.infrastructure;

import static org.awaitility.Awaitility.await;

import dev.rekey.run.PostgresServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A PostgreSQL that is restored elsewhere. This server is the original, then what replaced it. */
final class RestorablePostgres extends PostgresServer {

  private final List<Program> programs = new ArrayList<>();

  private RestorablePostgres() {
    programs.add(Program.start("postgres"));
  }

  static RestorablePostgres original() {
    var postgres = new RestorablePostgres();
    postgres.awaitSessions();
    prepared(postgres);
    return postgres;
  }

  private void awaitSessions() {
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptionsInstanceOf(SQLException.class)
        .until(
            () -> {
              try (var session = connectAsSuperuser("postgres");
                  var row = session.createStatement().executeQuery("select pg_is_in_recovery()")) {
                return row.next() && !row.getBoolean(1);
              }
            });
  }

  /** Takes a base backup of the original. */
  void backUp() {
    programs.getFirst().run("backup");
  }

  /** Continues with a copy of the original as it was at the backup, or at a later restore point. */
  void continueAsCopy(String... restorePoint) {
    var arguments = new ArrayList<Object>(List.of(programs.getFirst().directory()));
    arguments.addAll(List.of(restorePoint));
    programs.add(Program.start("restored", arguments.toArray()));
    awaitSessions();
  }

  /** Loads a dump of the original, as it is now, into what replaced it. */
  void load() {
    programs.getLast().run("load", programs.getFirst().directory());
  }

  @Override
  protected String describe() {
    return "Debian's binaries on port " + port();
  }

  @Override
  public int port() {
    return programs.getLast().port();
  }

  @Override
  protected String superuser() {
    return "postgres";
  }

  @Override
  public void stop() {
    programs.getLast().kill();
  }

  @Override
  public void restart() {
    programs.getLast().restart();
  }

  @Override
  public void close() {
    programs.forEach(Program::close);
  }
}
