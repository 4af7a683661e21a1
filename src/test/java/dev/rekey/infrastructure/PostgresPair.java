package dev.rekey.infrastructure;

import static org.awaitility.Awaitility.await;

import dev.rekey.run.FreePort;
import dev.rekey.run.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;

/**
 * A primary and a synchronous streaming standby behind HAProxy. This server is the one that accepts
 * writes.
 */
final class PostgresPair extends PostgresServer {

  private final Program primary;
  private Program writable;
  private Program standby;
  private Program haproxy;
  private final int adminPort = FreePort.find();

  private PostgresPair() {
    primary = Program.start("postgres");
    writable = primary;
    standby = primary;
    haproxy = primary;
  }

  /** Returns when the standby follows the primary, and HAProxy leads to the primary. */
  static PostgresPair replicated() {
    PostgresPair pair = withoutStandby();
    prepared(pair);
    try {
      pair.standby = Program.start("postgres", pair.primary.port());
      pair.haproxy =
          Program.start("haproxy", pair.adminPort, pair.primary.port(), pair.standby.port());
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> pair.isTrue("select exists (select from pg_stat_replication)"));
      await().atMost(Duration.ofSeconds(30)).until(() -> pair.admin("show stat").contains("L7OK"));
      return pair;
    } catch (RuntimeException e) {
      pair.close();
      throw e;
    }
  }

  private static PostgresPair withoutStandby() {
    var pair = new PostgresPair();
    await().atMost(Duration.ofSeconds(30)).until(pair::acceptsSessions);
    return pair;
  }

  private boolean acceptsSessions() {
    try (var _ = connectAsSuperuser("postgres")) {
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private boolean isTrue(String query) throws SQLException {
    try (var connection = connectAsSuperuser();
        var row = connection.createStatement().executeQuery(query)) {
      return row.next() && row.getBoolean(1);
    }
  }

  /** The URL through HAProxy. */
  String balancedUrl() {
    return "jdbc:postgresql://localhost:" + haproxy.port() + "/" + DATABASE;
  }

  /** Makes the standby the primary. */
  void promote() {
    standby.run("promote");
    writable = standby;
  }

  /** Ends the sessions on the primary. New ones are on the read-only standby. */
  void leadToTheStandby() {
    admin("disable server postgres/first");
  }

  /** Leaves the sessions on the standby. New ones are on the primary. */
  void leadNewSessionsToThePrimary() {
    admin("enable server postgres/first");
  }

  private String admin(String command) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), adminPort)) {
      socket.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected String describe() {
    return "a primary on port " + primary.port() + " with a standby";
  }

  @Override
  public int port() {
    return writable.port();
  }

  @Override
  protected String superuser() {
    return "postgres";
  }

  /** Kills the primary. */
  @Override
  public void stop() {
    primary.kill();
  }

  @Override
  public void restart() {
    throw new UnsupportedOperationException("a former primary does not come back");
  }

  @Override
  public void close() {
    haproxy.close();
    standby.close();
    primary.close();
  }
}
