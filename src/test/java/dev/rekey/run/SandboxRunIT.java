package dev.rekey.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code mvn spring-boot:test-run} starts, without Maven. */
class SandboxRunIT {

  private static final Pattern TOKEN_URL = Pattern.compile("(http://localhost:\\d+)/oauth2/token");
  private static final Pattern ROTATE_URL =
      Pattern.compile("(http://localhost:\\d+)/api/v1/apps/connectors/credentials");
  private static final String READY = "Rekey is ready. Paste these";
  private static final String ONCE_MORE = "once more:";

  @TempDir private static Path directory;

  private static Process run;
  private static int managementPort;
  private static List<String> output;

  @BeforeAll
  static void start() throws IOException {
    Path log = directory.resolve("run.log");
    managementPort = FreePort.find();
    var environment = new HashMap<String, String>();
    environment.put("SERVER_PORT", "0");
    environment.put("MANAGEMENT_SERVER_PORT", Integer.toString(managementPort));
    environment.put("SANDBOX_PORT", "0");
    run = SandboxRunProcess.with(environment).redirectOutput(log.toFile()).start();
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(200))
        .failFast(() -> assertThat(run.isAlive()).as("the run goes on: %s", errors(log)).isTrue())
        .until(
            () -> Files.readAllLines(log).stream().filter(SandboxRunIT::isTokenLine).count() == 2);
    output = Files.readAllLines(log).stream().filter(line -> !line.isBlank()).toList();
  }

  private static List<String> errors(Path log) {
    try (var lines = Files.lines(log)) {
      return lines.filter(line -> line.contains("ERROR") || line.contains("Caused by")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterAll
  static void stop() throws InterruptedException {
    run.destroy();
    run.waitFor();
  }

  private static boolean isTokenLine(String line) {
    return line.startsWith("TOKEN=");
  }

  @Test
  void printsAHandfulOfLinesAndThenTheThreeAndThemOnceMoreAtTheEnd() {
    List<String> before = output.stream().takeWhile(line -> !line.startsWith(READY)).toList();
    List<String> last =
        output.stream().dropWhile(line -> !line.endsWith(ONCE_MORE)).skip(1).toList();

    assertThat(before)
        .hasSizeLessThanOrEqualTo(6)
        .allMatch(line -> line.matches(".* (dev\\.rekey|d\\.r)\\..*"));
    assertThat(last).hasSize(3).isSubsetOf(output.subList(before.size(), output.size() - 3));
    assertThat(isTokenLine(last.getFirst())).isTrue();
  }

  @Test
  void listensOnLoopbackOnly() throws IOException {
    Optional<String> other = otherAddress();
    for (int port : List.of(rekey().getPort(), sandbox().getPort(), managementPort)) {
      assertThat(accepts("127.0.0.1", port)).isTrue();
      if (other.isPresent()) {
        assertThat(accepts(other.get(), port)).isFalse();
      }
    }
  }

  @Test
  void sandboxHasSomethingToShow() {
    Http payments = as("payments");

    assertThat(ids(payments, "expiresBefore=" + inDays(30) + "&status=ACTIVE,RETIRING"))
        .contains("jira-seed-credential", "billingoverduecredential01");
    assertThat(ids(payments, "notUsedSince=" + inDays(-90) + "&status=ACTIVE"))
        .contains("billingunusedcredential001");
    assertThat(payments.get("/api/v1/rotations?state=UNKNOWN").raw().body()).contains("zendesk");
    assertThat(as("admin").get("/api/v1/webhook-deliveries?state=DEAD").raw().body())
        .contains("credential.expiring");
  }

  @Test
  void exampleOfAdoptionIsNotKnownBefore() {
    var adopted =
        as("payments")
            .post(
                "/api/v1/credentials",
                Json.json(
                    "upstream", "conductorone",
                    "subject", "apps/crm/connectors/salesforce",
                    "upstreamId", "salesforce-seed-credential"));

    assertThat(adopted.status()).isEqualTo(201);
  }

  private static String ids(Http caller, String query) {
    return caller.get("/api/v1/credentials?" + query).raw().body();
  }

  private static String inDays(int days) {
    return Instant.now().plus(Duration.ofDays(days)).toString();
  }

  private static Http as(String client) {
    return Http.at(rekey()).bearer(Tokens.at(sandbox(), client));
  }

  private static URI rekey() {
    return found(ROTATE_URL);
  }

  private static URI sandbox() {
    return found(TOKEN_URL);
  }

  private static URI found(Pattern pattern) {
    var matcher = pattern.matcher(String.join("\n", output));
    assertThat(matcher.find()).isTrue();
    return URI.create(matcher.group(1));
  }

  private static boolean accepts(String address, int port) throws IOException {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), 2_000);
      return true;
    } catch (ConnectException | SocketTimeoutException _) {
      return false;
    }
  }

  private static Optional<String> otherAddress() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .map(address -> address.getHostAddress())
        .findFirst();
  }
}
