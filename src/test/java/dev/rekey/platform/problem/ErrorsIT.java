package dev.rekey.platform.problem;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.Tokens;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every invalid request gets a problem that says what is wrong. */
class ErrorsIT extends RekeyIT {

  @Value("${local.server.port}")
  private int port;

  /** Sent byte by byte, because HTTP clients correct such paths. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "GET,   /api/v1/apps/a%2Fb/connectors/x/credentials/y,     400, malformed-url",
        "GET,   /api/v1/apps/a%2fb/connectors/x/credentials/y,     400, malformed-url",
        "GET,   /api/v1/apps/a%5Cb/connectors/x/credentials/y,     400, malformed-url",
        "GET,   /api/v1/apps/a;b/connectors/x/credentials/y,       400, malformed-url",
        "GET,   /api/v1/apps/a%3Bb/connectors/x/credentials/y,     400, malformed-url",
        "GET,   /api/v1/apps/a%00b/connectors/x/credentials/y,     400, malformed-url",
        "GET,   /api/v1/apps/%2e%2e/connectors/x/credentials/y,    400, malformed-url",
        "GET,   /api/v1/apps/../connectors/x/credentials/y,        400, malformed-url",
        "GET,   /api/v1/apps/%252e/connectors/x/credentials/y,     400, malformed-url",
        "GET,   /api/v1/apps/a%0D%0Ab/connectors/x/credentials/y,  400, malformed-url",
        "GET,   /api/v1/apps/{a}/connectors/x/credentials/y,       400, malformed-url",
        "GET,   /api/v1/apps/a%zz/connectors/x/credentials/y,      400, malformed-url",
        "GET,   /api/v1//apps/a/connectors/x/credentials/y,        400, malformed-url",
        "GET,   /api/v1/apps/a%20b/connectors/x/credentials/y,     400, invalid-id",
        "GET,   /api/v1/apps/a%7Bb/connectors/x/credentials/y,     400, invalid-id",
        "GET,   /api/v1/apps/a%C3%A9/connectors/x/credentials/y,   400, invalid-id",
        "GET,   /organizations/a%21/service-accounts/b/credentials, 400, invalid-id",
        "GET,   /api/v1/nowhere,                                   404, not-found",
        "GET,   /nowhere,                                          404, not-found",
        "GET,   /error,                                            404, not-found",
        "GET,   /static/x,                                         404, not-found",
        "PUT,   /api/v1/credentials,                               405, method-not-allowed",
        "PATCH, /api/v1/apps/connectors/credentials,               405, method-not-allowed",
        "GET,   /api/v1/apps/connectors/credentials,               405, method-not-allowed",
        "TRACE, /api/v1/credentials,                               405, method-not-allowed",
        "BREW,  /api/v1/credentials,                               405, method-not-allowed",
        "GET,   /api/v1/credentials/x,                             400, invalid-parameter",
        "GET,   /api/v1/rotations/x,                               400, invalid-parameter",
        "GET,   /api/v1/credentials?limit=0,                       400, invalid-parameter",
        "GET,   /api/v1/credentials?limit=501,                     400, invalid-parameter",
        "GET,   /api/v1/credentials?limit=x,                       400, invalid-parameter",
        "GET,   /api/v1/credentials?cursor=x,                      400, invalid-cursor",
        "GET,   /api/v1/credentials?cursor=,                      400, invalid-parameter",
        "GET,   /api/v1/credentials?limit=1&limit=2,               400, invalid-parameter",
        "GET,   /api/v1/credentials?limit=,                        400, invalid-parameter",
        "GET,   /api/v1/credentials?limit=%FF,                     400, invalid-parameter",
        "GET,   /api/v1/credentials?%zz,                           400, invalid-parameter",
        "GET,   /api/v1/credentials?cursor=gAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAAbetZApJ7fx8, 400,"
            + " invalid-cursor",
        "CONNECT, /api/v1/credentials,                             405, method-not-allowed",
        "GET,   /api/v1/credentials?colour=red,                    400, unknown-parameter",
        "GET,   /api/v1/audit-events?from=yesterday,               400, invalid-parameter",
        "GET,   /api/v1/audit-events?type=nothing,                 400, invalid-parameter",
        "GET,   /api/v1/audit-events?credentialId=x,               400, invalid-parameter",
        "GET,   /api/v1/audit-events?subject=a%00b,                400, invalid-parameter",
        "GET,   /api/v1/audit-events?from=-1000000000-01-01T00:00:00Z, 400, invalid-parameter",
        "GET,   /api/v1/audit-events?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z, 400,"
            + " invalid-parameter",
        "GET,   /api/v1/audit-events?from=2020-01-01T00:00:00Z,    400, invalid-parameter",
        "GET,   /organizations/acme/service-accounts/checkout/credentials?limit=x, 400,"
            + " invalid-parameter",
        "GET,   /organizations/acme/service-accounts/checkout/credentials?limit=0x10, 400,"
            + " invalid-parameter",
        "GET,   /organizations/acme/service-accounts/checkout/credentials?limit=101, 400,"
            + " upstream-refused",
        "GET,   /organizations/acme/service-accounts/checkout/credentials?after=x, 400,"
            + " upstream-refused",
        "GET,   /organizations/acme/service-accounts/checkout/credentials?colour=x, 400,"
            + " unknown-parameter"
      })
  void invalidRequestGetsItsProblem(String method, String path, int status, String problem)
      throws IOException {
    String answer = raw(method, path);

    assertThat(answer).startsWith("HTTP/1.1 " + status);
    assertThat(answer).containsIgnoringCase("Content-Type: application/problem+json");
    assertThat(answer).containsIgnoringCase("X-Request-Id: ");
    assertThat(answer).contains("{\"type\":\"/problems/", ",\"title\":").doesNotContain("instance");
    JsonNode body =
        JsonMapper.shared()
            .readTree(answer.substring(answer.indexOf("\r\n{") + 2, answer.lastIndexOf('}') + 1));
    assertThat(body.at("/type").asString()).isEqualTo("/problems/" + problem);
    assertThat(body.at("/status").asInt()).isEqualTo(status);
    assertThat(body.at("/title").asString()).isNotEmpty();
    assertThat(body.at("/detail").asString())
        .isNotEmpty()
        .isEqualTo(body.at("/message").asString());
    assertThat(body.at("/requestId").asString()).isNotEmpty();
    assertThat(body.at("/code").isNumber())
        .isEqualTo(path.startsWith("/api/v1/apps/") && !path.contains("{"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/apps/a%2Fb/connectors/okta/credentials",
        "/api/v1/apps/crm/connectors/okta;x/credentials",
        "/organizations/acme/service-accounts/a%2Fb/credentials",
        "/organizations/acme/service-accounts/checkout/credentials/a%00b/rotate",
        "/api/v1/rotations/a%2Fb/reissue"
      })
  void clientsDoNotRepeatAMintThatTomcatRefuses(String path) throws IOException {
    assertThat(raw("POST", path))
        .startsWith("HTTP/1.1 400")
        .containsIgnoringCase("x-should-retry: false");
  }

  @Test
  void clientsDoNotRepeatAMintWithATruncatedBody() throws IOException {
    assertThat(
            exchange(
                head("POST", CHECKOUT)
                    + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"))
        .startsWith("HTTP/1.1 400")
        .containsIgnoringCase("x-should-retry: false");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\tb", "a\u0001b", "a\u007fb", "a\u0080b", "caf\u00e9", ""})
  void unprintableKeyIsRefusedBeforeAnythingIsSent(String key) throws IOException {
    String answer =
        exchange(
            head("POST", ROTATE)
                + "Content-Type: application/json\r\nIdempotency-Key: "
                + key
                + "\r\nContent-Length: "
                + OKTA.length()
                + "\r\n\r\n"
                + OKTA);

    assertThat(answer)
        .startsWith("HTTP/1.1 400")
        .containsIgnoringCase("Content-Type: application/problem+json")
        .containsIgnoringCase("x-should-retry: false");
    assertThat(control().calls()).isEmpty();
  }

  @Test
  void metadataDoesNotRepeatTheHostOfARequest() {
    assertThat(anonymous().get("/.well-known/oauth-protected-resource").status()).isEqualTo(404);
    assertThat(anonymous().get("/api/v1/credentials").header("WWW-Authenticate"))
        .isEqualTo("Bearer");
  }

  @Test
  void unknownFieldNameIsNotRepeated() {
    Answer answer = as("payments").post(ROTATE, "{\"secret-token:a:v1:b\":1}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.raw().body()).doesNotContain("secret-token");
  }

  @Test
  void idInBothSpellingsIsRefused() {
    Answer answer =
        as("payments")
            .post(ROTATE, "{\"appId\":\"crm\",\"app_id\":\"crm\",\"connectorId\":\"okta\"}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/detail")).contains("appId");
    assertThat(control().calls()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[]",
        "null",
        "7",
        "\"text\"",
        "",
        "{\"appId\":7,\"connectorId\":\"okta\"}",
        "{\"appId\":true,\"connectorId\":\"okta\"}",
        "{\"appId\":{},\"connectorId\":\"okta\"}",
        "{\"appId\":\"crm\",\"connectorId\":\"okta\",\"colour\":\"red\"}",
        "{\"appId\":\"crm\",\"appId\":\"crm\",\"connectorId\":\"okta\"}",
        "{\"appId\":\"crm\",\"connectorId\":\"okta\"} {}"
      })
  void invalidBodyIsRefusedBeforeAnythingIsSent(String body) {
    Answer answer = as("payments").with("Content-Type", "application/json").post(ROTATE, body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/type")).isEqualTo("/problems/invalid-request");
    assertThat(answer.body().at("/code").asInt()).isEqualTo(3);
    assertThat(control().calls()).isEmpty();
  }

  @Test
  void sentValueIsNotRepeated() {
    Answer answer = as("payments").post(ROTATE, "{\"appId\":{\"hunter2\":1}}");

    assertThat(answer.raw().body()).doesNotContain("hunter2");
  }

  @Test
  void bodyOver64KibIsRefused() {
    String big = "{\"appId\":\"" + "a".repeat(64 * 1024) + "\",\"connectorId\":\"okta\"}";

    Answer answer = as("payments").post(ROTATE, big);

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.text("/type")).isEqualTo("/problems/body-too-large");
  }

  @Test
  void chunkedBodyOver64KibIsRefused() throws IOException {
    var request = new StringBuilder(head("POST", ROTATE));
    request.append("Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
    request.append("a\r\n{\"appId\":\"\r\n");
    for (int i = 0; i < 17; i++) {
      request.append("1000\r\n").append("a".repeat(4096)).append("\r\n");
    }
    request.append("2\r\n\"}\r\n0\r\n\r\n");

    assertThat(exchange(request.toString())).startsWith("HTTP/1.1 413").contains("body-too-large");
  }

  @Test
  void bodyOneByteOver64KibIsRefused() {
    String padded = OKTA.replace("{", "{" + " ".repeat(64 * 1024 + 1 - OKTA.length()));

    assertThat(as("payments").post(ROTATE, padded).status()).isEqualTo(413);
    assertThat(control().calls()).isEmpty();
  }

  @Test
  void shortBodyThatIsTooDeepIsNotCalledTooLong() {
    Answer answer = as("payments").post(ROTATE, "{\"appId\":" + "[".repeat(1000));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/type")).isEqualTo("/problems/invalid-request");
  }

  @Test
  void formOver64KibIsRefused() throws IOException {
    String form = "a=" + "a".repeat(70_000);

    assertThat(
            exchange(
                head("POST", "/api/v1/rotations/" + UUID.randomUUID() + "/confirm?x=1")
                    + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                    + form.length()
                    + "\r\n\r\n"
                    + form))
        .startsWith("HTTP/1.1 413")
        .contains("body-too-large");
  }

  /** The response comes although the body does not. */
  @ParameterizedTest
  @ValueSource(strings = {"application/x-www-form-urlencoded", "multipart/form-data; boundary=x"})
  void formIsNotReadBeforeTheCallerIsKnown(String type) throws IOException {
    assertThat(
            exchange(
                "PUT /api/v1/credentials HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    + "Content-Length: 1000000000\r\nContent-Type: "
                    + type
                    + "\r\n\r\n"))
        .startsWith("HTTP/1.1 401");
  }

  @Test
  void unknownTransferCodingIsRefused() throws IOException {
    String request = head("POST", ROTATE) + "Transfer-Encoding: gzip\r\n\r\n";

    assertThat(exchange(request)).startsWith("HTTP/1.1 405").contains("method-not-allowed");
  }

  @Test
  void mintingRouteIsRecognisedInEveryEncoding() throws IOException {
    String answer = exchange(head("POST", "/api/v1/%61pps/connectors/credentials") + "\r\n");

    assertThat(answer).startsWith("HTTP/1.1 4").contains("x-should-retry: false");
    assertThat(answer).containsPattern("\"code\":\\d");
  }

  @Test
  void bodyOf64KibIsRead() {
    String padded = OKTA.replace("{", "{" + " ".repeat(64 * 1024 - OKTA.length()));

    assertThat(as("payments").post(ROTATE, padded).status()).isEqualTo(200);
  }

  @Test
  void bodyOfAnotherMediaTypeIsRefused() {
    Answer answer = as("payments").with("Content-Type", "text/plain").post(ROTATE, OKTA);

    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.text("/type")).isEqualTo("/problems/unsupported-media-type");
    assertThat(control().calls()).isEmpty();
  }

  @Test
  void unacceptableResponseIsNotMinted() {
    Answer answer = as("payments").with("Accept", "text/html").post(ROTATE, OKTA);

    assertThat(answer.status()).isEqualTo(406);
    assertThat(answer.text("/type")).isEqualTo("/problems/not-acceptable");
    assertThat(control().calls()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"mine-1, true", "has space, false", "'', false", "semi;colon, false"})
  void wellFormedRequestIdIsKeptAndOthersAreReplaced(String sent, boolean kept) {
    var http = as("payments").get("/api/v1/credentials/x");
    String answered =
        Http.at(URI.create("http://localhost:" + port))
            .with("X-Request-Id", sent)
            .get("/api/v1/credentials")
            .header("X-Request-Id");

    assertThat(http.text("/requestId")).isEqualTo(requestId);
    assertThat(sent.equals(answered)).isEqualTo(kept);
    assertThat(answered).isNotBlank();
  }

  @Test
  void traceOfTheCallerIsRecorded() {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    as("payments").with("traceparent", "00-" + trace + "-00f067aa0ba902b7-01").post(ROTATE, OKTA);

    assertThat(query("select distinct trace_id from audit_event where request_id = ?", requestId))
        .extracting(row -> row.get("trace_id"))
        .containsExactly(trace);
  }

  @ParameterizedTest
  @ValueSource(strings = {"zz", "-1", "fffffffffffffffff", "1\r\n{\r\nzz"})
  @ExtendWith(OutputCaptureExtension.class)
  void malformedChunkIsTheClientsFault(String chunk, CapturedOutput output) throws IOException {
    String answer =
        exchange(
            head("POST", ROTATE)
                + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                + chunk
                + "\r\n");

    assertThat(answer).startsWith("HTTP/1.1 400").contains("/problems/invalid-request");
    assertThat(output).doesNotContain("ERROR").doesNotContain("truncated");
  }

  private String raw(String method, String path) throws IOException {
    return exchange(head(method, path) + "\r\n");
  }

  private String head(String method, String path) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
        + Tokens.of(surroundings().sandbox(), "payments")
        + "\r\n";
  }

  private String exchange(String request) throws IOException {
    try (var socket = new Socket("localhost", port)) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
