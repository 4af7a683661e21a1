package dev.rekey;

import static dev.rekey.run.TraceCollector.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.Tokens;
import dev.rekey.run.TraceCollector;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.reactive.function.client.WebClient;
import sandbox.Sandbox;

/** Checks the spans that a collector receives by OTLP. */
@ExtendWith(OutputCaptureExtension.class)
@DirtiesContext
class TracesIT extends RekeyIT {

  private static final TraceCollector COLLECTOR = TraceCollector.start();

  @Autowired private SdkTracerProvider tracing;
  @Autowired private ObservationRegistry observations;
  @Autowired private WebClient.Builder clients;

  @DynamicPropertySource
  static void export(DynamicPropertyRegistry registry) {
    registry.add("management.opentelemetry.tracing.export.otlp.endpoint", COLLECTOR::url);
    registry.add("management.tracing.sampling.probability", () -> "1.0");
  }

  @AfterAll
  static void close() {
    COLLECTOR.close();
  }

  @Test
  void rotationTraceContainsRequestAndItsUpstreamCalls(CapturedOutput output) {
    as("payments").post(ROTATE, OKTA);
    as("payments").post(ROTATE, OKTA);
    awaitFollowUps();

    String trace = traceOfEvents();
    List<Span> spans = exported(trace);
    Span request = only(spans, Span.SpanKind.SPAN_KIND_SERVER);
    assertThat(request.getName()).isEqualTo("http post " + ROTATE);
    assertThat(spans)
        .filteredOn(span -> span.getKind() == Span.SpanKind.SPAN_KIND_CLIENT)
        .allSatisfy(call -> assertThat(call.getParentSpanId()).isEqualTo(request.getSpanId()))
        .extracting(Span::getName)
        .contains(
            "http post /conductorone" + ROTATE,
            "http get /conductorone/api/v1/apps/{appId}/connectors/{connectorId}/credentials/{id}");
    assertThat(output.getOut())
        .containsPattern("\\[" + requestId + "] \\[[0-9a-f-]{36}] \\[" + trace + "-");
  }

  /** The trace of the second of two requests, which reads an old credential. */
  private String traceOfEvents() {
    return String.valueOf(
        query(
                "select trace_id from audit_event where request_id = ? order by occurred_at desc"
                    + " limit 1",
                requestId)
            .getFirst()
            .get("trace_id"));
  }

  @Test
  void callersTraceIsContinued() {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    String parent = "00f067aa0ba902b7";

    as("payments").with("traceparent", "00-" + trace + "-" + parent + "-01").get(CHECKOUT);

    Span request = only(exported(trace), Span.SpanKind.SPAN_KIND_SERVER);
    assertThat(hex(request.getParentSpanId())).isEqualTo(parent);
  }

  @Test
  void upstreamReceivesNoTraceHeaders() throws IOException {
    Set<String> headers = ConcurrentHashMap.newKeySet();
    var upstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    upstream.createContext(
        "/",
        exchange -> {
          exchange
              .getRequestHeaders()
              .keySet()
              .forEach(name -> headers.add(name.toLowerCase(Locale.ROOT)));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    upstream.start();

    Observation.createNotStarted("request", observations)
        .observe(
            () ->
                clients
                    .build()
                    .get()
                    .uri("http://localhost:" + upstream.getAddress().getPort() + "/")
                    .retrieve()
                    .toBodilessEntity()
                    .contextCapture()
                    .block());
    upstream.stop(0);

    assertThat(headers)
        .contains("host")
        .doesNotContain("traceparent", "tracestate", "baggage", "b3", "x-b3-traceid");
  }

  @Test
  void traceContainsNoSecret() {
    var secrets = new ArrayList<String>();
    secrets.add(Sandbox.CONDUCTORONE_CLIENT_SECRET);
    secrets.add(Sandbox.KEYCARD_CLIENT_SECRET);
    secrets.add(Tokens.of(surroundings().sandbox(), "payments"));
    secrets.add("canary-in-a-query");
    secrets.add(as("payments").post(ROTATE, OKTA).text("/credential/clientSecret"));
    Answer created = as("payments").post(CHECKOUT, "{\"name\":\"canary\"}");
    secrets.add(created.text("/client_secret"));
    as("payments").get(CHECKOUT + "?limit=10&after=canary-in-a-query&expand[]=permissions");
    as("payments").delete(CHECKOUT + "/" + created.text("/id"));
    control().revokeTokens();
    for (String fault : List.of("garbage", "huge", "no-secret", "reset-after", "redirect")) {
      control().fault("conductorone", "rotate", fault, "\"times\":1");
      control().fault("keycard", "create", fault, "\"times\":1");
      keyed("payments").post(ROTATE, OKTA);
      keyed("payments").post(CHECKOUT, "{\"name\":\"x\"}");
    }
    awaitFollowUps();

    String sent = exportedBytes();
    assertThat(sent).contains("http post " + ROTATE);
    for (String secret : secrets) {
      assertThat(secret).hasSizeGreaterThan(15);
      for (String form : forms(secret)) {
        assertThat(sent.contains(form)).as("in a trace").isFalse();
      }
    }
    assertThat(sent).doesNotContainIgnoringCase("authorization").doesNotContain("bearer ");
  }

  @Test
  void traceRecordsOnlyTypeOfError() {
    control().fault("conductorone", "rotate", "reset-after", "\"times\":1");

    as("payments").post(ROTATE, OKTA);

    Span call = only(exported(traceOfEvents()), Span.SpanKind.SPAN_KIND_CLIENT);
    assertThat(call.getStatus().getCode().name()).isEqualTo("STATUS_CODE_ERROR");
    assertThat(call.getStatus().getMessage()).isEmpty();
    assertThat(call.getEventsList())
        .isNotEmpty()
        .allSatisfy(
            event ->
                assertThat(event.getAttributesList())
                    .extracting(KeyValue::getKey)
                    .containsExactly("exception.type"));
  }

  @Test
  void probesAndScrapesCreateNoTrace() {
    management().get("/actuator/health/readiness");
    management().get("/actuator/prometheus");
    as("payments").get("/api/v1/credentials");

    assertThat(exportedBytes()).contains("/api/v1/credentials").doesNotContain("/actuator");
  }

  private List<Span> exported(String trace) {
    // A request's span ends after its response was sent.
    return await()
        .until(
            () -> {
              flush();
              return COLLECTOR.spans().stream()
                  .filter(span -> hex(span.getTraceId()).equals(trace))
                  .toList();
            },
            spans ->
                spans.stream().anyMatch(span -> span.getKind() == Span.SpanKind.SPAN_KIND_SERVER));
  }

  private String exportedBytes() {
    String marker = "/api/v1/rotations/" + UUID.randomUUID();
    as("payments").get(marker);
    return await()
        .until(
            () -> {
              flush();
              var all = new StringBuilder();
              COLLECTOR
                  .received()
                  .forEach(body -> all.append(new String(body, StandardCharsets.ISO_8859_1)));
              return all.toString();
            },
            all -> all.contains(marker));
  }

  private void flush() {
    tracing.forceFlush().join(10, TimeUnit.SECONDS);
  }

  private static Span only(List<Span> spans, Span.SpanKind kind) {
    List<Span> found = spans.stream().filter(span -> span.getKind() == kind).toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private static List<String> forms(String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    return List.of(
        secret,
        secret.substring(secret.lastIndexOf(':') + 1),
        URLEncoder.encode(secret, StandardCharsets.UTF_8),
        HexFormat.of().formatHex(bytes),
        Base64.getEncoder().withoutPadding().encodeToString(bytes),
        Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }
}
