package dev.rekey.bench;

import dev.rekey.run.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.springframework.util.FileSystemUtils;

/** An nginx with one worker: the stand-in for the upstream, or a proxy in front of it. */
final class Nginx implements AutoCloseable {

  /** The module of the package {@code libnginx-mod-http-echo}, which can delay a response. */
  private static final Path ECHO = Path.of("/usr/lib/nginx/modules/ngx_http_echo_module.so");

  /** The upstream's latency for service accounts whose name begins with "slow". */
  static final Duration LATENCY = Duration.ofMillis(50);

  // Responses of Keycard. Each created credential has its own id, client id and secret.
  private static final String CREATED =
      "'{\"id\":\"$request_id\",\"client_id\":\"c-$request_id\","
          + "\"client_secret\":\"s-$request_id$request_id\",\"name\":\"bench\","
          + "\"description\":\"made by the pipeline\",\"created_at\":\"$time_iso8601\"}'";

  private static final String READ =
      "'{\"id\":\"$id\",\"client_id\":\"c-$id\",\"name\":\"bench\","
          + "\"description\":\"made by the pipeline\",\"created_at\":\"2026-01-02T03:04:05Z\","
          + "\"last_used_at\":\"2026-02-03T04:05:06Z\"}'";

  private static final String TOKEN =
      "'{\"access_token\":\"for-the-benchmark\",\"token_type\":\"Bearer\",\"expires_in\":86400}'";

  private final Path directory;
  private final int port;
  private final Process process;

  private Nginx(String program, int port, String modules, String servers) {
    this.port = port;
    try {
      this.directory = Files.createTempDirectory("rekey-nginx");
      Path file = directory.resolve("nginx.conf");
      Files.writeString(file, configuration(modules, servers));
      this.process =
          new ProcessBuilder(program, "-p", directory.toString(), "-c", file.toString())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("output.log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .failFast("nginx ended, see " + directory, () -> !process.isAlive())
        .until(() -> FreePort.isTaken(port));
  }

  private static String configuration(String modules, String servers) {
    return """
    %s
    worker_processes 1;
    daemon off;
    pid nginx.pid;
    error_log nginx.log warn;
    events { worker_connections 4096; }
    http {
      access_log off;
      default_type application/json;
      keepalive_timeout 1h;
      keepalive_requests 1000000000;
      client_body_buffer_size 16k;
      client_body_temp_path body;
      proxy_temp_path proxy;
      fastcgi_temp_path fastcgi;
      uwsgi_temp_path uwsgi;
      scgi_temp_path scgi;
      %s
    }
    """
        .formatted(modules, servers);
  }

  static boolean canDelay() {
    return Files.exists(ECHO);
  }

  /** The upstream: its tokens, its credentials, and the callers' key set. */
  static Nginx upstream(String program, int port, String keySet) {
    String created = "/keycard/organizations/[^/]+/service-accounts/%s[^/]+/credentials$";
    String delayed =
        """
        location ~ ^%s {
          echo_read_request_body;
          echo_sleep %s;
          echo_status 201;
          echo -n %s;
        }
        """
            .formatted(created.formatted("slow-"), LATENCY.toMillis() / 1e3, CREATED);
    String server =
        """
        server {
          listen 127.0.0.1:%d backlog=4096;
          location = /jwks { return 200 '%s'; }
          location = /token { return 200 %s; }
          %s
          location ~ ^%s { return 201 %s; }
          location ~ ^/keycard/organizations/[^/]+/service-accounts/[^/]+/credentials/(?<id>[^/]+)$ {
            return 200 %s;
          }
        }
        """
            .formatted(
                port,
                keySet,
                TOKEN,
                canDelay() ? delayed : "",
                created.formatted(""),
                CREATED,
                READ);
    return new Nginx(program, port, canDelay() ? "load_module " + ECHO + ";" : "", server);
  }

  /** A proxy with the paths of Rekey. */
  static Nginx proxy(String program, URI upstream) {
    int port = FreePort.find();
    String server =
        """
        upstream keycard { server %s; keepalive 256; keepalive_requests 1000000000; }
        server {
          listen 127.0.0.1:%d backlog=4096;
          location / {
            proxy_pass http://keycard/keycard/;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
          }
        }
        """
            .formatted(upstream.getAuthority(), port);
    return new Nginx(program, port, "", server);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    List<ProcessHandle> workers = process.children().toList();
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        workers.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      FileSystemUtils.deleteRecursively(directory);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
