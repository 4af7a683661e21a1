package dev.rekey.platform.web;

import static dev.rekey.run.Json.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.run.Tokens;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Locale;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;

/** Responses are compressed where a client asks for it, and never if they have a secret. */
class CompressionIT extends RekeyIT {

  private static final String SEARCH = "/api/v1/audit-events?limit=20";
  private static final String UNCHANGING =
      "/api/v1/audit-events?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z";

  private final HttpClient client = HttpClient.newHttpClient();

  @Value("${local.server.port}")
  private int port;

  @BeforeEach
  void makeEvents() {
    for (int i = 0; i < 3; i++) {
      assertThat(keyed("payments").post(CHECKOUT, json("name", "n-" + UUID.randomUUID())).status())
          .isEqualTo(201);
    }
    awaitAllSealed();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        SEARCH,
        "/api/v1/audit-events/tail",
        "/api/v1/audit-events/export",
        "/api/v1/audit-events/export?format=csv",
        "/api/v1/credentials",
        "/api/v1/rotations",
        "/v3/api-docs"
      })
  void readIsCompressedWhereTheClientAsks(String path) throws Exception {
    HttpResponse<byte[]> plain = send(get(path, "identity"));
    HttpResponse<byte[]> compressed = send(get(path, "br, gzip;q=0.5"));

    assertThat(header(plain, "Content-Encoding")).isNull();
    assertThat(header(compressed, "Content-Encoding")).isEqualTo("gzip");
    assertThat(compressed.headers().allValues("Vary"))
        .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("accept-encoding"));
    assertThat(compressed.body().length).isLessThan(plain.body().length / 2);
    assertThat(unzipped(compressed)).startsWith(text(plain).substring(0, 5));
  }

  @Test
  void compressedResponseHasAnEntityTagOfItsOwn() throws Exception {
    String plain = header(send(get(SEARCH, "identity")), "ETag");
    String compressed = header(send(get(SEARCH, "gzip")), "ETag");

    assertThat(plain).matches("\"[^\"]+\"").doesNotContain("gzip");
    assertThat(compressed).matches("\"[^\"]+-gzip\"");
  }

  @ParameterizedTest
  @CsvSource({"identity, identity", "identity, gzip", "gzip, identity", "gzip, gzip"})
  void unchangedResponseIsNotModifiedWhicheverFormTheClientHas(String has, String accepts)
      throws Exception {
    for (String path : new String[] {UNCHANGING, "/api/v1/credentials"}) {
      String tag = header(send(get(path, has)), "ETag");

      HttpResponse<byte[]> again =
          send(get(path, accepts).header("If-None-Match", "\"other\", W/" + tag));

      assertThat(again.statusCode()).isEqualTo(304);
      assertThat(header(again, "ETag")).isEqualTo(tag);
      assertThat(header(again, "Content-Encoding")).isNull();
      assertThat(header(again, "Cache-Control")).isEqualTo("no-cache, private");
      assertThat(String.join(", ", again.headers().allValues("Vary")))
          .contains("Accept, ", "Accept-Encoding");
      assertThat(again.body()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    ROTATE + ", '" + OKTA_BODY + "'",
    CHECKOUT + ", '{\"name\":\"compressed\"}'",
    "/api/v1/apps/crm/connectors/okta/credentials, {}"
  })
  void responseWithASecretIsNotCompressed(String path, String body) throws Exception {
    assertNotCompressed(post(path, body));
  }

  @Test
  void replacementsAreNotCompressed() throws Exception {
    String old = as("payments").post(CHECKOUT, json("name", "old")).text("/id");

    HttpResponse<byte[]> rotated = post(CHECKOUT + "/" + old + "/rotate", "{}");
    String rotation = header(rotated, "Rekey-Rotation-Id");

    assertNotCompressed(rotated);
    assertNotCompressed(post("/api/v1/rotations/" + rotation + "/reissue", "{}"));
  }

  private HttpResponse<byte[]> post(String path, String body) throws Exception {
    return send(
        request(path, "gzip")
            .header("TE", "gzip")
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  private static void assertNotCompressed(HttpResponse<byte[]> response) {
    assertThat(response.statusCode()).as("%s", text(response)).isIn(200, 201);
    assertThat(header(response, "Content-Encoding")).isNull();
    assertThat(header(response, "Transfer-Encoding")).isNotEqualTo("gzip");
    assertThat(text(response)).contains("ecret\":\"");
  }

  private static final String OKTA_BODY = "{\"appId\":\"crm\",\"connectorId\":\"okta\"}";

  private HttpRequest.Builder get(String path, String acceptEncoding) {
    return request(path, acceptEncoding).GET();
  }

  private HttpRequest.Builder request(String path, String acceptEncoding) {
    String token = Tokens.of(surroundings().sandbox(), "payments");
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
        .header("Authorization", "Bearer " + token)
        .header("Accept-Encoding", acceptEncoding);
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  private static @Nullable String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse(null);
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), UTF_8);
  }

  private static String unzipped(HttpResponse<byte[]> response) throws IOException {
    try (var unzipped = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
      return new String(unzipped.readAllBytes(), UTF_8);
    }
  }
}
