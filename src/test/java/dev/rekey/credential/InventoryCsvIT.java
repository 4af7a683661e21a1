package dev.rekey.credential;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.rekey.RekeyIT;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.PostgresServer;
import dev.rekey.run.Tokens;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import tools.jackson.databind.JsonNode;

/** The inventory as CSV. */
class InventoryCsvIT extends RekeyIT {

  private static final String CSV = "/api/v1/credentials?format=csv";

  @Value("${local.server.port}")
  private int port;

  @Autowired private HikariDataSource connections;

  @AfterEach
  void deleteInsertedCredentials() {
    execute("delete from credential where upstream_id like 'csv-%'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"auditor", "payments", "search"})
  void everyCellIsTheValueOfTheItem(String caller) {
    Answer made = as("payments").post(CHECKOUT, json("name", "old"));
    keyed("payments").post(CHECKOUT + "/" + made.text("/id") + "/rotate", json("name", "new"));
    as("search").post(ROTATE, json("appId", "crm", "connectorId", "github"));
    insert(1, "'größe \"quoted\", and' || chr(10) || 'lines'");
    awaitFollowUps();

    Answer csv = as(caller).get(CSV);

    assertThat(csv.raw().body()).startsWith("id,upstream,subject,upstreamId,").endsWith("\r\n");
    assertThat(csv.header("Content-Disposition"))
        .matches("attachment; filename=\"rekey-credentials-\\d{4}-\\d\\d-\\d\\dT\\d{6}Z.csv\"");
    assertThat(csv.header("Link")).isNull();
    assertThat(csv.header("ETag")).isNull();
    assertThat(csv.header("Cache-Control")).contains("no-store");
    List<JsonNode> items =
        as(caller).get("/api/v1/credentials?limit=500").body().at("/items").valueStream().toList();
    List<CSVRecord> rows = Csv.rows(csv);
    assertThat(rows).hasSameSizeAs(items).isNotEmpty();
    for (int i = 0; i < rows.size(); i++) {
      assertThat(rows.get(i).toMap()).isEqualTo(cells(items.get(i)));
    }
  }

  private static Map<String, String> cells(JsonNode item) {
    var cells = new TreeMap<String, String>();
    for (String part : List.of("Facts", "Status", "End")) {
      for (String field : List.of("From", "At")) {
        String pointer =
            "/sources/" + part.toLowerCase(Locale.ROOT) + "/" + field.toLowerCase(Locale.ROOT);
        cells.put("sources" + part + field, item.at(pointer).asString(""));
      }
    }
    for (String part : List.of("Team", "Contact", "Link")) {
      String pointer = "/owner/" + part.toLowerCase(Locale.ROOT);
      cells.put("owner" + part, item.at(pointer).asString(""));
    }
    item.properties().stream()
        .filter(member -> !member.getKey().equals("owner"))
        .filter(member -> !member.getValue().isObject())
        .forEach(member -> cells.put(member.getKey(), member.getValue().asString("")));
    return cells;
  }

  @Test
  void filtersAndOrderApplyToAllRows() {
    insert(1_203, "'d'");

    List<String> found =
        Csv.column(as("payments").get(CSV + "&q=csv-&sort=-subject"), "upstreamId");
    List<String> retired = Csv.column(as("payments").get(CSV + "&status=RETIRED&q=csv-"), "status");

    assertThat(found).hasSize(1_203).doesNotHaveDuplicates();
    assertThat(retired).isEmpty();
    assertThat(Csv.rows(as("search").get(CSV + "&q=csv-"))).isEmpty();
  }

  @Test
  void acceptHeaderAsksForCsvToo() {
    insert(3, "'d'");
    String path = "/api/v1/credentials?q=csv-";

    Answer csv = as("payments").with("Accept", "text/csv").get(path);

    assertThat(Csv.rows(csv)).hasSize(3);
    assertThat(String.join(",", csv.raw().headers().allValues("Vary")).split(", *", -1))
        .anyMatch("Accept"::equalsIgnoreCase);
    Http html = as("payments").with("Accept", "text/html, text/csv;q=0.2, */*;q=0.1");
    assertThat(Csv.rows(html.get(path))).hasSize(3);
    Answer preferred = as("payments").with("Accept", "text/csv;q=0.2, application/json").get(path);
    assertThat(preferred.body().path("items")).hasSize(3);
    Answer named = as("payments").with("Accept", "text/csv").get(path + "&format=json");
    assertThat(named.header("Content-Type")).isEqualTo("application/json");
    assertThat(named.body().path("items")).hasSize(3);
    assertThat(as("payments").with("Accept", "text/plain").get(path).status()).isEqualTo(406);
  }

  @Test
  void cellsAreNoFormulas() {
    insert(1, "'=1+1'");

    assertThat(Csv.column(as("payments").get(CSV + "&q=csv-"), "description"))
        .containsExactly("'=1+1");
  }

  @Test
  void overdueKeepsItsTime() {
    insert(1_001, "'d'");
    execute(
        "update credential set policy_expires_at = now() - interval '1 minute'"
            + " where upstream_id like 'csv-%'");

    assertThat(Csv.rows(as("payments").get(CSV + "&q=csv-&overdue=true"))).hasSize(1_001);
    assertThat(Csv.rows(as("payments").get(CSV + "&q=csv-&overdue=false"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"limit=10", "cursor=x", "fields=id", "total=estimate"})
  void parametersOfPagesAreRefused(String parameter) {
    Answer answer = as("payments").get(CSV + "&" + parameter);
    Answer byHeader =
        as("payments").with("Accept", "text/csv").get("/api/v1/credentials?" + parameter);

    for (Answer refused : List.of(answer, byHeader)) {
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.text("/detail")).contains("leave out limit, cursor, fields and total");
    }
  }

  @Test
  void anotherFormatIsRefused() {
    Answer refused = as("payments").get("/api/v1/credentials?format=xml");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text("/detail")).isEqualTo("format has to be one of [json, csv].");
  }

  @Test
  void problemBeforeTheFirstByteIsAProblem() {
    Answer refused =
        as("payments").with("Accept", "text/csv").get("/api/v1/credentials?status=GONE");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(refused.header("Content-Disposition")).isNull();
  }

  @Test
  void headRequestGetsTheHeadersOnly() {
    Answer head = as("payments").send("HEAD", CSV, null);

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("Content-Type")).isEqualTo("text/csv;charset=UTF-8");
    assertThat(head.raw().body()).isEmpty();
  }

  @Test
  void failureAfterTheFirstByteCutsTheConnection() throws IOException {
    insert(6_000, "repeat('because ', 250)");
    String received;
    try (var socket = request()) {
      InputStream in = socket.getInputStream();
      received = new String(in.readNBytes(10_000), StandardCharsets.UTF_8);
      execute("revoke select on credential from " + PostgresServer.SERVICE);
      try {
        received += rest(in);
      } finally {
        execute("grant select on credential to " + PostgresServer.SERVICE);
      }
    }

    assertThat(received)
        .startsWith("HTTP/1.1 200")
        .containsIgnoringCase("Transfer-Encoding: chunked")
        .contains("id,upstream,subject,")
        .doesNotContain("/problems/")
        .doesNotEndWith("0\r\n\r\n");
    assertThat(received.split("\r\n[0-9a-f-]{36},", -1)).hasSizeLessThan(6_000);
  }

  @Test
  void slowClientHoldsNoConnectionToTheDatabase() throws IOException {
    insert(6_000, "repeat('because ', 250)");
    try (var socket = request()) {
      InputStream in = socket.getInputStream();
      in.readNBytes(10_000);
      // Background jobs borrow connections too.
      await().until(() -> connections.getHikariPoolMXBean().getActiveConnections() == 0);

      assertThat(rest(in)).endsWith("0\r\n\r\n");
    }
  }

  private Socket request() throws IOException {
    var socket = new Socket();
    // Keeps the unread data in the socket small.
    socket.setReceiveBufferSize(16 * 1024);
    socket.connect(new InetSocketAddress("localhost", port));
    socket.setSoTimeout(30_000);
    String request =
        "GET %s&q=csv- HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer %s\r\n\r\n"
            .formatted(CSV, Tokens.of(surroundings().sandbox(), "payments"));
    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  private static String rest(InputStream in) throws IOException {
    var all = new StringBuilder();
    byte[] buffer = new byte[64 * 1024];
    try {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        all.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
      }
    } catch (SocketException e) {
      // A reset ends the response too.
    }
    return all.toString();
  }

  private static void insert(int many, String description) {
    execute(
        """
        insert into credential (
          id, upstream, subject, upstream_id, status, origin, description, recorded_at, observed_at,
          version)
        select test_uuidv7(), 'conductorone', ?, 'csv-' || i, 'ACTIVE', 'MINTED', %s,
          now() + make_interval(secs => i * 1e-3), now(), 0
        from generate_series(1, ?) i
        """
            .formatted(description),
        OKTA_SUBJECT,
        many);
  }
}
