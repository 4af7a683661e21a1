package dev.rekey.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.rekey.run.Java;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pod of {@code helm test}: its command, run against a server in the place of Rekey. */
class HelmTestTest {

  private static final String JAR = "/opt/rekey/rekey.jar";
  private static final String READINESS = "/actuator/health/readiness";
  private static final String CREDENTIALS = "/api/v1/credentials";

  private HttpServer server;
  private volatile int readiness = 200;
  private volatile int withoutToken = 401;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          int status = Map.of(READINESS, readiness, CREDENTIALS, withoutToken).get(path);
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @ParameterizedTest
  @MethodSource("dev.rekey.chart.Scenario#all")
  void needsNoImageButRekeys(Scenario scenario) {
    assertThat(containers(scenario.rendered()))
        .hasSize(2)
        .extracting(Container::getImage)
        .containsOnly(scenario.rendered().service().getImage());
  }

  @Test
  void runsTheJarOfTheImage() throws IOException {
    assertThat(containers(Chart.render(Chart.MINIMAL)))
        .allSatisfy(container -> assertThat(container.getCommand()).contains("java", JAR));
    assertThat(Files.readString(Path.of("Dockerfile"))).contains("\"-jar\", \"" + JAR + "\"");
  }

  @Test
  void passesIfRekeyIsReadyAndRequiresAToken() throws Exception {
    for (Container container : containers(Chart.render(Chart.MINIMAL))) {
      assertThat(run(container)).isEqualTo("exit 0");
    }
  }

  @Test
  void failsIfRekeyIsNotReady() throws Exception {
    readiness = 503;

    assertThat(run(container("rekey-is-ready")))
        .contains(READINESS + " returned status 503 instead of 200.")
        .endsWith("exit 1");
  }

  @Test
  void failsIfRekeyRespondsWithoutAToken() throws Exception {
    withoutToken = 200;

    assertThat(run(container("a-token-is-required")))
        .contains(CREDENTIALS + " returned status 200 instead of 401.")
        .endsWith("exit 1");
  }

  private static Container container(String name) {
    return Rendered.named(name, containers(Chart.render(Chart.MINIMAL)));
  }

  private static List<Container> containers(Rendered rendered) {
    return rendered.one(Pod.class).getSpec().getContainers();
  }

  /** Output and exit code of the container's command, with the classes of this build. */
  private String run(Container container) throws Exception {
    var arguments = new ArrayList<>(container.getCommand());
    arguments.addAll(container.getArgs());
    assertThat(arguments.removeFirst()).isEqualTo("java");
    arguments.replaceAll(
        argument ->
            argument
                .replace(JAR, System.getProperty("java.class.path"))
                .replaceAll("//blue-rekey[a-z-]*:\\d+/", "//localhost:" + port() + "/"));
    Process process = Java.with(arguments, Map.of()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return output + "exit " + process.waitFor();
  }

  private int port() {
    return server.getAddress().getPort();
  }
}
