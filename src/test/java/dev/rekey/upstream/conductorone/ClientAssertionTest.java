package dev.rekey.upstream.conductorone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.platform.settings.PropertyException;
import dev.rekey.upstream.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sandbox.Sandbox;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ClientAssertionTest {

  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

  private final ClientAssertion assertion =
      ClientAssertion.with(
          Secret.of(Sandbox.CONDUCTORONE_CLIENT_SECRET),
          "rekey@acme.example/spc",
          "acme.example",
          Clock.fixed(NOW, ZoneOffset.UTC));

  @Test
  void headerHasOnlyAlgorithmAndNonce() {
    JsonNode header = part(assertion.sign(), 0);

    assertThat(header.propertyNames()).containsExactlyInAnyOrder("alg", "nonce");
    assertThat(header.at("/alg").asString()).isEqualTo("EdDSA");
    assertThat(header.at("/nonce").asString()).matches("[0-9a-f]{32}");
  }

  @Test
  void claimsHaveClientHostAndTwoMinutesOfLifetime() {
    JsonNode claims = part(assertion.sign(), 1);

    assertThat(claims.at("/iss").asString()).isEqualTo("rekey@acme.example/spc");
    assertThat(claims.at("/sub").asString()).isEqualTo("rekey@acme.example/spc");
    assertThat(claims.at("/aud/0").asString()).isEqualTo("acme.example");
    assertThat(claims.at("/exp").asLong()).isEqualTo(NOW.getEpochSecond() + 120);
    assertThat(claims.at("/nbf").asLong()).isEqualTo(NOW.getEpochSecond() - 120);
  }

  @Test
  void nonceChangesEachTime() {
    assertThat(part(assertion.sign(), 0)).isNotEqualTo(part(assertion.sign(), 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "!!!",
        "e30",
        "eyJrdHkiOiJSU0EiLCJjcnYiOiJFZDI1NTE5IiwieCI6IkFBIiwiZCI6IkFBIn0",
        "eyJrdHkiOiJPS1AiLCJjcnYiOiJFZDI1NTE5IiwieCI6IkFBIiwiZCI6IkFBIn0"
      })
  void malformedKeyIsRejectedWithoutPrintingIt(String key) {
    var secret = Secret.of(ClientAssertion.SECRET_PREFIX + key);

    assertThatThrownBy(() -> ClientAssertion.with(secret, "a@b/c", "b", Clock.systemUTC()))
        .isInstanceOf(PropertyException.class)
        .hasMessageContaining("rekey.upstreams.conductorone.client-secret")
        .satisfies(
            thrown -> {
              if (!key.isEmpty()) {
                assertThat(thrown.getMessage()).doesNotContain(key);
              }
            })
        .hasNoCause();
  }

  private static JsonNode part(String jws, int index) {
    byte[] bytes = Base64.getUrlDecoder().decode(jws.split("\\.", -1)[index]);
    return JsonMapper.shared().readTree(new String(bytes, StandardCharsets.UTF_8));
  }
}
