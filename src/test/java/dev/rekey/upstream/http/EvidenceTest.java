package dev.rekey.upstream.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.platform.PathId;
import dev.rekey.upstream.Minted;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Obstacle;
import dev.rekey.upstream.Secret;
import dev.rekey.upstream.UpstreamCredential;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import tools.jackson.databind.json.JsonMapper;

class EvidenceTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bad secret-token:conductorone.com:v1:hunter2 sent",
        "header was Bearer hunter2",
        "client_secret=hunter2&x=1",
        "{\"client_secret\": \"hunter2\"}",
        "{\"clientSecret\":\"hunter2\"}",
        "password: hunter2"
      })
  void whatLooksLikeASecretIsTakenOutOfAnUpstreamsMessage(String message) {
    assertThat(Evidence.scrub(message)).doesNotContain("hunter2").contains("<redacted>");
  }

  @Test
  void anUpstreamsMessageIsCutAndHasNoControlCharacters() {
    assertThat(Evidence.scrub("a\r\nb" + "x".repeat(400)))
        .hasSize(300)
        .startsWith("a bx")
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "default backend - 404",
        "<html><body>404 Not Found</body></html>",
        "null",
        "[]",
        "\"not found\"",
        "{\"message\":\"no Route matched with those values\"}",
        "{\"timestamp\":1,\"status\":404,\"error\":\"Not Found\",\"path\":\"/\"}"
      })
  void a404ThatIsNotTheUpstreamsOwnSaysOnlyThatItWasNotReached(String body) {
    assertThat(Evidence.<Object>of(notFound(body), true))
        .isEqualTo(new Reply.NotSent<>(Obstacle.INTERCEPTED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"code\":5,\"message\":\"no such thing\",\"details\":[]}",
        "{\"message\":\"no such thing\",\"code\":\"not_found\",\"status\":404}"
      })
  void a404OfTheUpstreamsIsTakenAtItsWord(String body) {
    assertThat(Evidence.<Object>of(notFound(body), true))
        .isEqualTo(new Reply.ErrorStatus<>(404, "no such thing", null));
  }

  private static WebClientResponseException notFound(String body) {
    return WebClientResponseException.create(
        404, "Not Found", HttpHeaders.EMPTY, body.getBytes(UTF_8), UTF_8);
  }

  @Test
  void retryAfterIsReadInBothForms() {
    String inAMinute =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            Instant.now().plusSeconds(60).atOffset(ZoneOffset.UTC));

    assertThat(RetryAfter.parse("7")).contains(Duration.ofSeconds(7));
    assertThat(RetryAfter.parse(inAMinute).orElseThrow())
        .isBetween(Duration.ofSeconds(50), Duration.ofSeconds(61));
    assertThat(RetryAfter.parse("Wed, 21 Oct 2015 07:28:00 GMT")).contains(Duration.ZERO);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "-1", "99999999999999999999", "1.5"})
  void aRetryAfterWithoutSenseIsNone(String header) {
    assertThat(RetryAfter.parse(header)).isEmpty();
  }

  @Test
  void aSecretDoesNotShowItself() {
    var secret = Secret.of("hunter2");

    assertThat(secret).hasToString("<redacted>");
    assertThat(JsonMapper.shared().writeValueAsString(secret)).isEqualTo("\"<redacted>\"");
    assertThat(
            new Minted(
                    new UpstreamCredential(
                        PathId.of("id"),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null),
                    secret)
                .toString())
        .doesNotContain("hunter2");
  }
}
