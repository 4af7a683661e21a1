package dev.rekey.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.testcontainers.shaded.com.github.dockerjava.core.DefaultDockerClientConfig;
import org.testcontainers.shaded.com.github.dockerjava.core.DockerClientImpl;

/** Container engines that respond, and have no image or cannot pull one. */
@ExtendWith(OutputCaptureExtension.class)
class ContainerEngineTest {

  private static final List<String> IMAGES = List.of("postgres:18");

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicInteger pulls = new AtomicInteger();
  private HttpServer engine;
  private boolean hasImages;
  private Pulling pulling = _ -> {};

  /** The engine's response to a pull. */
  private interface Pulling {
    void respond(HttpExchange exchange) throws IOException, InterruptedException;
  }

  @BeforeEach
  void startEngine() throws IOException {
    engine = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    engine.setExecutor(threads);
    engine.createContext("/", this::respond);
    engine.start();
  }

  @AfterEach
  void stopEngine() {
    over.countDown();
    engine.stop(0);
    threads.shutdownNow();
  }

  private void respond(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (exchange.getRequestURI().getPath().contains("/images/create")) {
        pulls.incrementAndGet();
        pulling.respond(exchange);
      } else if (hasImages) {
        send(exchange, 200, "{\"Id\":\"sha256:1\"}");
      } else {
        send(exchange, 404, "{\"message\":\"No such image\"}");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Test
  void imageThatItHasIsNotPulled() {
    hasImages = true;

    assertThat(engine().pull(IMAGES)).isNull();
    assertThat(pulls).hasValue(0);
  }

  @Test
  void imageIsPulledAsLongAsThereAreSignsOfLife() {
    pulling =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          for (int i = 0; i < 8; i++) {
            exchange
                .getResponseBody()
                .write("{\"status\":\"Downloading\"}\n".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            assertThat(over.await(200, TimeUnit.MILLISECONDS)).isFalse();
          }
        };

    assertThat(engine().pull(IMAGES)).isNull();
    assertThat(pulls).hasValue(1);
  }

  @Test
  void registryThatCannotBeReachedIsNoticed() {
    pulling =
        exchange ->
            send(exchange, 500, "{\"message\":\"lookup registry-1.docker.io: no such host\"}");

    assertThat(engine().pull(IMAGES))
        .startsWith("it cannot pull postgres:18: ")
        .contains("no such host")
        .hasLineCount(1);
  }

  @Test
  void pullThatFailsInTheMiddleIsNoticed() {
    pulling =
        exchange ->
            send(
                exchange,
                200,
                """
                {"status":"Pulling from library/postgres"}
                {"errorDetail":{"message":"toomanyrequests"},"error":"toomanyrequests"}
                """);

    assertThat(engine().pull(IMAGES)).contains("toomanyrequests");
  }

  @Test
  void embeddedBinariesServeWithinSecondsIfAPullHangs(CapturedOutput output) {
    pulling = _ -> over.await();
    long start = System.nanoTime();

    String obstacle = engine().pull(IMAGES);

    assertThat(obstacle).isEqualTo("it cannot pull postgres:18: nothing happened for 1 s");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    try (var server =
        PostgresServer.start(
            engine(),
            () -> {
              throw new IllegalStateException("there is no container");
            })) {
      assertThat(server.describe()).startsWith("embedded binaries");
    }
    assertThat(output).containsOnlyOnce("The container engine is not used, because it cannot pull");
  }

  @Test
  void embeddedBinariesServeIfTheContainerDoesNotStart(CapturedOutput output) {
    hasImages = true;

    try (var server =
        PostgresServer.start(
            engine(),
            () -> {
              throw new IllegalStateException("there is no container");
            })) {
      assertThat(server.describe()).startsWith("embedded binaries");
    }
    assertThat(output).contains("The container engine is not used, because there is no container");
  }

  // Without Testcontainers' credentials for registries, which need a real engine.
  private ContainerEngine engine() {
    URI address = URI.create("tcp://127.0.0.1:" + engine.getAddress().getPort());
    var config =
        DefaultDockerClientConfig.createDefaultConfigBuilder()
            .withDockerHost(address.toString())
            .build();
    var http = new ZerodepDockerHttpClient.Builder().dockerHost(address).build();
    return new ContainerEngine(DockerClientImpl.getInstance(config, http), Duration.ofSeconds(1));
  }
}
