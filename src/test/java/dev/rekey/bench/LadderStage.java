package dev.rekey.bench;

import dev.rekey.image.BuiltImage;
import dev.rekey.run.FreePort;
import dev.rekey.run.Java;
import dev.rekey.run.PostgresServer;
import dev.rekey.run.RekeyProcess;
import dev.rekey.run.Surroundings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.springframework.util.FileSystemUtils;

/** Everything that the ladders need beside Rekey and its peers. */
final class LadderStage implements AutoCloseable {

  static final Path DIRECTORY = Path.of("target", "bench");

  private final Path temporary;
  private final PostgresServer postgres;
  private final Nginx upstream;
  private final Nginx proxy;
  private final Callers callers;
  private final Wrk wrk;
  private final BuiltImage image;
  private final Meters meters;
  private final String signingKey = Surroundings.newSigningKey();

  LadderStage(Path jar) {
    String nginx = required("nginx");
    try {
      this.temporary = Files.createTempDirectory("rekey-ladder");
      Files.createDirectories(DIRECTORY);
      this.image = BuiltImage.of(jar, Files.createDirectory(temporary.resolve("image")));
      this.postgres = PostgresServer.startDurable(temporary.resolve("logs"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int port = FreePort.find();
    this.callers = new Callers("http://127.0.0.1:" + port);
    this.upstream = Nginx.upstream(nginx, port, callers.keySet());
    this.proxy = Nginx.proxy(nginx, upstream.url());
    this.wrk = new Wrk(required("wrk"), callers.write(temporary.resolve("tokens.lua")));
    this.meters =
        new Meters(
            Long.parseLong(text("select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)")),
            upstream.pid(),
            proxy.pid());
    if (!text("show fsync").equals("on") || !text("show synchronous_commit").equals("on")) {
      throw new IllegalStateException("PostgreSQL does not wait for the disk");
    }
  }

  private static String required(String program) {
    return Debian.find(program)
        .orElseThrow(
            () -> new IllegalStateException(program + " is missing: apt-get install " + program));
  }

  PostgresServer postgres() {
    return postgres;
  }

  Nginx upstream() {
    return upstream;
  }

  Nginx proxy() {
    return proxy;
  }

  Callers callers() {
    return callers;
  }

  Wrk wrk() {
    return wrk;
  }

  Meters meters() {
    return meters;
  }

  Path temporary() {
    return temporary;
  }

  /** The log that PostgreSQL writes. */
  Path logs() {
    return temporary.resolve("logs");
  }

  /** The JVM options of the image without its cache, which only Rekey has. */
  List<String> peerOptions() {
    return List.of(
        "@" + Path.of("src/main/docker/jvm.options").toAbsolutePath(), StartBenchmark.MEMORY);
  }

  /** Starts Rekey as the image does. Returns when it is ready. */
  RekeyProcess startRekey() {
    return startRekey(Map.of());
  }

  /** Same, with more settings. */
  RekeyProcess startRekey(Map<String, String> more) {
    var all = new LinkedHashMap<>(settings());
    all.putAll(more);
    var options = new ArrayList<>(image.jvmArguments());
    options.add(StartBenchmark.MEMORY);
    return RekeyProcess.start(image.jar(), all, DIRECTORY.resolve("rekey.log"), options);
  }

  /** Starts the Rekey of another jar. Returns when it is ready. */
  RekeyProcess startRekey(Path jar) {
    return RekeyProcess.start(
        jar, settings(), DIRECTORY.resolve("rekey-before.log"), peerOptions());
  }

  /** Runs the command {@code migrate} to its end. */
  void migrate() {
    Map<String, String> environment = RekeyProcess.environment(settings());
    List<String> command = List.of("-jar", image.jar().toString(), "migrate");
    try {
      Process migration = Java.with(command, environment).inheritIO().start();
      if (migration.waitFor() != 0) {
        throw new IllegalStateException("the migration failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until Rekey has sealed that many events. */
  void awaitSealed(RekeyProcess rekey, long events, Duration atMost) {
    String unsealed = "select " + events + " > coalesce(max(seq), 0) from audit_seal";
    Awaitility.await()
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> rekey.isAlive() && text(unsealed).equals("f"));
  }

  static URI url(RekeyProcess rekey) {
    return URI.create("http://127.0.0.1:" + rekey.port());
  }

  /** The settings of Rekey that a peer has too. */
  Map<String, String> peerSettings() {
    return Map.of(
        "spring.datasource.url",
        postgres.jdbcUrl(),
        "spring.datasource.username",
        PostgresServer.SERVICE,
        "spring.datasource.password",
        PostgresServer.PASSWORD,
        "spring.security.oauth2.resourceserver.jwt.jwk-set-uri",
        upstream.url() + "/jwks",
        "bench.upstream",
        upstream.url().toString(),
        "bench.sql",
        Path.of("src/test/bench/sql").toAbsolutePath().toString());
  }

  private Map<String, String> settings() {
    var settings = new LinkedHashMap<String, String>();
    settings.put("logging.level.root", "WARN");
    settings.put("rekey.sandbox", "true");
    settings.put("rekey.shutdown.drain-for", "0s");
    settings.put("rekey.refresh.enabled", "false");
    settings.put("spring.datasource.url", postgres.jdbcUrl());
    settings.put("spring.datasource.username", PostgresServer.SERVICE);
    settings.put("spring.datasource.password", PostgresServer.PASSWORD);
    settings.put("spring.flyway.user", PostgresServer.OWNER);
    settings.put("spring.flyway.password", PostgresServer.PASSWORD);
    var jwt = "spring.security.oauth2.resourceserver.jwt.";
    settings.put(jwt + "issuer-uri", callers.issuer());
    settings.put(jwt + "jwk-set-uri", upstream.url() + "/jwks");
    settings.put(jwt + "audiences[0]", Callers.AUDIENCE);
    settings.put("rekey.access.mints-per-minute", "1000000");
    settings.put("rekey.access.grants[0].team", Callers.TEAM);
    settings.put("rekey.access.grants[0].subjects[0]", "apps/*/connectors/*");
    settings.put("rekey.access.grants[0].subjects[1]", "organizations/*/service-accounts/*");
    settings.put("rekey.audit.signing-key", signingKey);
    for (String name : List.of("conductorone", "keycard")) {
      settings.put("rekey.upstreams." + name + ".api-url", upstream.url() + "/" + name);
      settings.put("rekey.upstreams." + name + ".token-url", upstream.url() + "/token");
      settings.put("rekey.upstreams." + name + ".client-id", "rekey@127.0.0.1/spc");
      settings.put("rekey.upstreams." + name + ".client-secret", "of-the-benchmark");
    }
    settings.put("rekey.upstreams.keycard.organizations[0].id", "acme");
    return settings;
  }

  /** Runs a query of one text. */
  String text(String sql) {
    return postgres.text(sql);
  }

  @Override
  public void close() {
    proxy.close();
    upstream.close();
    postgres.close();
    try {
      FileSystemUtils.deleteRecursively(temporary);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
