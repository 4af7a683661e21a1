package dev.rekey.run;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.springframework.util.FileSystemUtils;

/**
 * PostgreSQL from binaries that Maven resolved. Extracting them takes seconds, so a build extracts
 * them once, into the directory {@value #SHARED}. Without that property each JVM extracts them for
 * all its servers and deletes them when it exits.
 */
final class EmbeddedServer extends PostgresServer {

  static final String SHARED = "embedded.postgres.binaries";
  private static final AtomicInteger OPEN = new AtomicInteger();
  private static final Path BINARIES = binaries();

  private final Path directory;
  private final Map<String, String> settings;
  private EmbeddedPostgres server;
  private final int port;

  /** Starts it with these settings of PostgreSQL. */
  EmbeddedServer(Map<String, String> settings) {
    this.settings = settings;
    this.directory = temporary("rekey-postgres-data");
    OPEN.incrementAndGet();
    this.server = start(0);
    this.port = server.getPort();
  }

  private EmbeddedPostgres start(int wantedPort) {
    var builder =
        EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(BINARIES.toFile())
            .setDataDirectory(directory.resolve("data"))
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false);
    settings.forEach(builder::setServerConfig);
    try {
      return (wantedPort == 0 ? builder : builder.setPort(wantedPort)).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected String describe() {
    return "embedded binaries of version " + VERSION + " on port " + port;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  protected String superuser() {
    return "postgres";
  }

  @Override
  public void stop() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void restart() {
    server = start(port);
  }

  @Override
  public void close() {
    stop();
    delete(directory);
    OPEN.decrementAndGet();
  }

  // Stopping a server needs the binaries, so they are deleted after the last server.
  private static Path binaries() {
    String shared = System.getProperty(SHARED);
    return shared == null ? temporaryBinaries() : Path.of(shared);
  }

  private static Path temporaryBinaries() {
    Path directory = temporary("rekey-postgres-binaries");
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  Awaitility.await().until(() -> OPEN.get() == 0);
                  delete(directory);
                }));
    return directory;
  }

  private static Path temporary(String name) {
    try {
      return Files.createTempDirectory(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) {
    try {
      FileSystemUtils.deleteRecursively(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
