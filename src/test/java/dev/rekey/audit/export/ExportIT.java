package dev.rekey.audit.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import com.zaxxer.hikari.HikariDataSource;
import dev.rekey.RekeyIT;
import dev.rekey.access.Caller;
import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditSearch;
import dev.rekey.audit.RandomEvents;
import dev.rekey.audit.ScratchHistory;
import dev.rekey.platform.RequestInfo;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.PostgresServer;
import dev.rekey.run.Tokens;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Exports while the sealer runs. */
class ExportIT extends RekeyIT {

  private static final String EXPORT = "/api/v1/audit-events/export";
  private static final JsonMapper JSON = JsonMapper.shared();

  @Value("${local.server.port}")
  private int port;

  @Autowired private JdbcClient jdbc;
  @Autowired private HikariDataSource connections;

  @Test
  void unfilteredExportIsTheChain() throws Exception {
    new RandomEvents(1).append(jdbc, 5, now(), Duration.ofSeconds(1), requestId);
    as("payments").with("User-Agent", "=cmd").post(ROTATE, OKTA);
    awaitAllSealed();
    await().until(() -> numberOf("select count(*) from audit_checkpoint where seq > 0") > 0);
    long after = head() - 5;

    Answer export = as("auditor").get(EXPORT + "?afterSeq=" + after);

    assertThat(export.status()).isEqualTo(200);
    assertThat(export.header("Content-Type")).isEqualTo("application/x-ndjson");
    assertThat(export.header("Cache-Control")).isEqualTo("no-store");
    assertThat(export.header("Content-Disposition"))
        .matches("attachment; filename=\"rekey-audit-\\d{4}-\\d\\d-\\d\\dT\\d{6}Z.ndjson\"");
    assertThat(export.header("X-Request-Id")).isEqualTo(requestId);
    List<JsonNode> lines = lines(export);
    JsonNode header = lines.getFirst();
    assertThat(header.propertyNames())
        .containsExactly(
            "kind",
            "format",
            "verifiable",
            "afterSeq",
            "previousHash",
            "throughSeq",
            "exportedAt",
            "filter",
            "checkpoint");
    assertThat(header.path("kind").asString()).isEqualTo("header");
    assertThat(header.path("format").asString()).isEqualTo("rekey-audit-export-1");
    assertThat(header.path("verifiable").asBoolean()).isTrue();
    assertThat(header.path("previousHash").asString()).isEqualTo(chainHash(after));
    List<JsonNode> events = lines.subList(1, lines.size() - 1);
    assertThat(events).hasSizeGreaterThanOrEqualTo(5);
    for (int i = 0; i < events.size(); i++) {
      var event = (ObjectNode) events.get(i);
      assertThat(event.path("seq").asLong()).isEqualTo(after + 1 + i);
      assertThat(event.remove("chainHash").asString()).isEqualTo(chainHash(after + 1 + i));
      assertThat(event).isEqualTo(shown(event.path("seq").asLong()));
    }
    JsonNode trailer = lines.getLast();
    assertThat(trailer.propertyNames())
        .containsExactly("kind", "count", "firstSeq", "lastSeq", "sha256");
    assertThat(trailer.path("count").asInt()).isEqualTo(events.size());
    assertThat(trailer.path("firstSeq").asLong()).isEqualTo(after + 1);
    assertThat(trailer.path("lastSeq").asLong())
        .isEqualTo(header.path("throughSeq").asLong())
        .isEqualTo(after + events.size());
    assertThat(trailer.path("sha256").asString()).isEqualTo(sha256OfAllButTheLastLine(export));
    assertThat(header.at("/checkpoint/seq").asLong()).isPositive();
    assertThat(header.path("checkpoint").propertyNames())
        .containsExactly("id", "takenAt", "seq", "count", "head", "keyId", "signature");
  }

  @Test
  void exportOfSeveralPagesHasEverySequenceNumberOnce() throws Exception {
    appendMany(4_500);

    List<JsonNode> chain = lines(as("auditor").get(EXPORT));
    List<JsonNode> filtered = lines(as("auditor").get(EXPORT + "?actor=" + requestId));

    assertThat(seqs(chain))
        .isEqualTo(IntStream.rangeClosed(1, chain.size() - 2).mapToObj(Long::valueOf).toList());
    assertThat(seqs(filtered)).hasSize(4_500).doesNotHaveDuplicates();
  }

  @Test
  void wordsAreFoundAroundManyOtherEvents() throws Exception {
    String word = "w" + System.nanoTime();
    insertWith(word, "now() - interval '1 second'");
    appendMany(4_500);
    insertWith(word, "now()");
    insertWith(word, "now()");
    awaitAllSealed();

    List<JsonNode> export = lines(as("auditor").get(EXPORT + "?q=" + word));

    assertThat(seqs(export)).hasSize(3).doesNotHaveDuplicates();
  }

  private void insertWith(String word, String time) {
    execute(
        "insert into audit_event (id, type, occurred_at, actor_id, actor_kind, request_id, reason)"
            + (" values (test_uuidv7(), 'access.denied', " + time + ", 'a', 'caller', ?, ?)"),
        requestId,
        "because " + word);
  }

  @Test
  void filteredExportIsOrderedByTimeAndNotVerifiable() throws Exception {
    new RandomEvents(2).append(jdbc, 40, now(), Duration.ofSeconds(9), requestId);
    awaitAllSealed();

    Answer export = as("auditor").get(EXPORT + "?type=access.denied&q=" + requestId);

    List<JsonNode> lines = lines(export);
    JsonNode header = lines.getFirst();
    assertThat(header.path("verifiable").asBoolean()).isFalse();
    assertThat(header.path("previousHash").isNull()).isTrue();
    assertThat(header.at("/filter/type").asString()).isEqualTo("access.denied");
    assertThat(header.at("/filter/q").asString()).isEqualTo(requestId);
    assertThat(lines.subList(1, lines.size() - 1))
        .hasSizeGreaterThan(3)
        .allSatisfy(event -> assertThat(event.has("chainHash")).isFalse())
        .extracting(event -> event.path("occurredAt").asString())
        .isSorted();
    assertThat(header.path("checkpoint").isNull()).isTrue();
    assertThat(lines.getLast().path("sha256").asString())
        .isEqualTo(sha256OfAllButTheLastLine(export));
  }

  @Test
  void teamGetsItsOwnEventsAndNoChain() throws Exception {
    new RandomEvents(3).append(jdbc, 40, now(), Duration.ofSeconds(9), requestId);
    awaitAllSealed();

    List<JsonNode> lines = lines(as("payments").get(EXPORT + "?actor=Payments"));

    assertThat(lines.getFirst().path("verifiable").asBoolean()).isFalse();
    assertThat(lines.subList(1, lines.size() - 1))
        .extracting(event -> event.path("subject").asString())
        .isNotEmpty()
        .containsOnly("apps/crm/connectors/okta", "organizations/acme/service-accounts/checkout");
  }

  @Test
  void csvHasNoFormulas() throws IOException {
    for (String reason : List.of("=1+1", "+1", "-1", "@x", "\tx", "\rx", "a,\"b\"\r\nc", "1-1")) {
      execute(
          "insert into audit_event (id, type, occurred_at, actor_id, actor_kind, request_id,"
              + " reason) values (test_uuidv7(), 'access.denied', now(), '=actor', 'caller', ?, ?)",
          requestId,
          reason);
    }
    awaitAllSealed();

    Answer export = as("auditor").get(EXPORT + "?format=csv&actor==actor&q=" + requestId);

    assertThat(export.header("Content-Type")).isEqualTo("text/csv;charset=UTF-8");
    assertThat(export.header("Content-Disposition")).endsWith(".csv\"");
    assertThat(export.raw().body()).startsWith("seq,id,type,occurredAt,outcome,").endsWith("\r\n");
    List<CSVRecord> rows =
        CSVFormat.RFC4180
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .get()
            .parse(new StringReader(export.raw().body()))
            .getRecords();
    assertThat(rows)
        .extracting(row -> row.get("reason"))
        .containsExactly("'=1+1", "'+1", "'-1", "'@x", "'\tx", "'\rx", "a,\"b\"\r\nc", "1-1");
    assertThat(rows)
        .allSatisfy(
            row -> {
              JsonNode event = shown(Long.parseLong(row.get("seq")));
              assertThat(row.get("actorId")).isEqualTo("'=actor");
              assertThat(row.get("id")).isEqualTo(event.path("id").asString());
              assertThat(row.get("occurredAt")).isEqualTo(event.path("occurredAt").asString());
              assertThat(row.get("changes")).isEqualTo("[]");
              assertThat(row.get("outcome")).isEmpty();
            });
  }

  @Test
  void exportIsRecordedBeforeItIsSent() {
    as("auditor").get(EXPORT + "?format=csv&type=access.denied&subject=apps/*");

    var event =
        as("auditor").get("/api/v1/audit-events?type=audit.exported&limit=1").body().at("/items/0");
    assertThat(event.path("requestId").asString()).isEqualTo(requestId);
    assertThat(event.at("/actor/id").asString()).isEqualTo("auditor");
    assertThat(event.path("changes").valueStream())
        .extracting(change -> change.path("field").asString() + "=" + change.path("to").asString())
        .containsExactly("format=csv", "afterSeq=0", "type=access.denied", "subject=apps/*");
  }

  @Test
  void exportThatCannotBeRecordedIsRefused() {
    execute(
        "alter table audit_event add constraint no_exports check (type <> 'audit.exported')"
            + " not valid");
    try {
      Answer refused = as("auditor").get(EXPORT);

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.text("/type")).isEqualTo("/problems/record-unavailable");
      assertThat(refused.raw().body()).doesNotContain("rekey-audit-export-1");
    } finally {
      execute("alter table audit_event drop constraint no_exports");
    }
  }

  @Test
  void headRequestIsNoExport() {
    assertThat(as("auditor").send("HEAD", EXPORT, null).status()).isEqualTo(200);

    assertThat(events()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "format=xml",
        "afterSeq=-1",
        "afterSeq=9000000000",
        "q=...",
        "type=x",
        "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z"
      })
  void malformedParametersAreRefused(String parameters) {
    Answer refused = as("auditor").get(EXPORT + "?" + parameters);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text("/type")).isEqualTo("/problems/invalid-parameter");
    assertThat(events()).isEmpty();
  }

  @Test
  void failedExportDoesNotLookComplete() throws IOException {
    appendMany(30_000);
    String received;
    try (var socket = export("")) {
      var in = socket.getInputStream();
      received = new String(in.readNBytes(10_000), StandardCharsets.UTF_8);
      execute("revoke select on audit_seal from " + PostgresServer.SERVICE);
      try {
        received += readRemaining(in);
      } finally {
        execute("grant select on audit_seal to " + PostgresServer.SERVICE);
      }
    }

    assertThat(received)
        .startsWith("HTTP/1.1 200")
        .containsIgnoringCase("Transfer-Encoding: chunked")
        .contains("rekey-audit-export-1")
        .doesNotContain("trailer")
        .doesNotContain("/problems/")
        .doesNotEndWith("0\r\n\r\n");
  }

  @Test
  void slowClientHoldsNoConnectionAndDisconnectedClientNoThread(@TempDir Path directory)
      throws IOException {
    appendMany(30_000);
    try (var socket = export("")) {
      socket.getInputStream().readNBytes(10_000);
      await()
          .during(Duration.ofSeconds(1))
          .atMost(Duration.ofSeconds(20))
          .until(() -> stacks(directory).contains("NdjsonWriter"));
      // Background jobs borrow connections too. A moment without any shows that the export has
      // none.
      await()
          .pollInterval(Duration.ofMillis(10))
          .until(() -> connections.getHikariPoolMXBean().getActiveConnections() == 0);
      assertThat(stacks(directory)).contains("NdjsonWriter");
    }

    await().atMost(Duration.ofSeconds(15)).until(() -> !stacks(directory).contains("NdjsonWriter"));
  }

  @Test
  void chainContinuesAfterDroppedEvents() {
    try (var history = new ScratchHistory(postgres())) {
      history.seal(3, "date_trunc('month', now()) - interval '20 days'");
      history.seal(2, "now()");
      history.dropMonth("date_trunc('month', now()) - interval '20 days'");
      var order =
          new ExportRequest(
              new Caller(
                  "a",
                  "default",
                  Caller.Kind.PROGRAM,
                  null,
                  List.of(),
                  Set.of(),
                  new RequestInfo("a", null, "a", null),
                  "GET /"),
              new Visibility.All(),
              AuditSearch.ALL,
              0,
              ExportFormat.NDJSON);

      var pages = new ExportPages(history.jdbc(), history.queries(), history.events());

      List<ExportRow> rows = pages.next(order, 5, null);

      assertThat(rows).extracting(ExportRow::seq).containsExactly(1L, 2L, 3L, 4L, 5L);
      assertThat(rows.subList(0, 3)).hasOnlyElementsOfType(ExportRow.Dropped.class);
      assertThat(rows.subList(3, 5)).hasOnlyElementsOfType(ExportRow.Event.class);
      assertThat(JSON.valueToTree(rows.getFirst()).propertyNames())
          .containsExactly("kind", "seq", "rowHash", "chainHash");
    }
  }

  private Socket export(String parameters) throws IOException {
    var socket = new Socket();
    // Keeps the unread data in the socket small.
    socket.setReceiveBufferSize(16 * 1024);
    socket.connect(new InetSocketAddress("localhost", port));
    socket.setSoTimeout(30_000);
    String request =
        "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer %s\r\n\r\n"
            .formatted(EXPORT + parameters, Tokens.of(surroundings().sandbox(), "auditor"));
    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  private static String readRemaining(InputStream in) throws IOException {
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

  private void appendMany(int many) {
    execute(
        "insert into audit_event (id, type, occurred_at, actor_id, actor_kind, request_id, reason)"
            + " select test_uuidv7(), 'access.denied', now() + make_interval(secs => i * 1e-6), ?,"
            + " 'caller', ?, repeat('because ', 50) from generate_series(1, ?) i",
        requestId,
        requestId,
        many);
    awaitAllSealed();
  }

  private Instant now() {
    return Instant.now().minusSeconds(60);
  }

  private long head() {
    return jdbc.sql("select max(seq) from audit_seal").query(Long.class).single();
  }

  private String chainHash(long seq) {
    return jdbc.sql("select encode(chain_hash, 'hex') from audit_seal where seq = :seq")
        .param("seq", seq)
        .query(String.class)
        .single();
  }

  /** The event as the tail returns it. */
  private JsonNode shown(long seq) {
    return as("auditor")
        .get("/api/v1/audit-events/tail?limit=1&afterSeq=" + (seq - 1))
        .body()
        .at("/items/0");
  }

  private static List<JsonNode> lines(Answer export) {
    assertThat(export.status()).as(export.raw().body()).isEqualTo(200);
    assertThat(export.raw().body()).endsWith("}\n");
    var lines = new ArrayList<JsonNode>();
    export.raw().body().lines().forEach(line -> lines.add(JSON.readTree(line)));
    return lines;
  }

  private static List<Long> seqs(List<JsonNode> lines) {
    return lines.subList(1, lines.size() - 1).stream()
        .map(event -> event.path("seq").asLong())
        .toList();
  }

  private static String sha256OfAllButTheLastLine(Answer export) throws Exception {
    String body = export.raw().body();
    int last = body.lastIndexOf('\n', body.length() - 2) + 1;
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256")
                .digest(body.substring(0, last).getBytes(StandardCharsets.UTF_8)));
  }

  private static String stacks(Path directory) throws IOException {
    Path file = directory.resolve("threads.txt");
    Files.deleteIfExists(file);
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpThreads(file.toString(), ThreadDumpFormat.TEXT_PLAIN);
    return Files.readString(file);
  }
}
