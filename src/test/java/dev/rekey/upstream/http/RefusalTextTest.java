package dev.rekey.upstream.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefusalTextTest {

  private static final SplittableRandom RANDOM = new SplittableRandom(20_261_201);
  private static final String ALPHANUMERIC =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

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
  void namedSecretsAreRemoved(String message) {
    assertThat(text(message)).doesNotContain("hunter2").contains("<redacted>");
  }

  @RepeatedTest(200)
  void longRandomWordsAreRemoved() {
    byte[] bytes = new byte[48];
    RANDOM.nextBytes(bytes);
    for (String secret :
        List.of(
            alphanumeric(64),
            alphanumeric(40),
            alphanumeric(32),
            HexFormat.of().formatHex(bytes),
            HexFormat.of().withUpperCase().formatHex(bytes),
            Base64.getEncoder().encodeToString(bytes),
            Base64.getUrlEncoder().encodeToString(bytes),
            "sk_live_" + alphanumeric(24),
            HexFormat.of().formatHex(bytes).replaceAll("(.{16})(?=.)", "$1."))) {
      assertThat(text("The key '" + secret + "' is in use."))
          .as(secret)
          .isEqualTo("The key '<redacted>' is in use.");
    }
  }

  @RepeatedTest(200)
  void secretsBehindALongHostAreRemoved() {
    String url = "https://tenant-acme.eu-west-1.api.internal.conductor.one/api/v1/redeem/";
    String secret = alphanumeric(32);

    assertThat(text("GET " + url + secret + " failed"))
        .startsWith("GET https://tenant-acme.")
        .endsWith("<redacted> failed")
        .doesNotContain(secret);
  }

  @Test
  void partsOfASecretWithTheLengthOfIdsAreNone() {
    String secret = "za99ISV8StSD9RXzIN4EmankHya+qW1Gv+jF+TKj9O1dRR0iFcolgWLziwgqcanL";
    assertThat(text("The key '" + secret + "' is in use."))
        .isEqualTo("The key '<redacted>' is in use.");
  }

  private static String alphanumeric(int length) {
    return RANDOM
        .ints(length, 0, ALPHANUMERIC.length())
        .mapToObj(at -> ALPHANUMERIC.substring(at, at + 1))
        .collect(Collectors.joining());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no connector 2FdWXCXEV5VTyqMyy0yzQFKNRvG of app 1srOrx2ZWZBpBUvZwXKQmoEYga2",
        "credential ab3def8hij2klm9opq5rst7uvw of client A1b2C3d4E5f6G7h8I9j0K",
        "client okta-12345-fierce-otter@acme.conductor.one/spc has no role",
        "request 4d0c6c80-9f6e-4e1c-bb1f-0f2d5b1f0a11 of 018F6E3A-7C1B-7D3E-9A5F-2B6C8D0E1F2A",
        "organizations/acme/service-accounts/ab3def8hij2klm9opq5rst7uvw/credentials is full",
        "apps/2FdWXCXEV5VTyqMyy0yzQFKNRvG/connectors/1srOrx2ZWZBpBUvZwXKQmoEYga2 is gone",
        "type.googleapis.com/google.rpc.BadRequest: ConnectorServiceRotateCredentialRequest.appId",
        "reason SERVICE_PRINCIPAL_CREDENTIALS_LIMIT_EXCEEDED, service-account-credentials-limit",
        "the host eu-west-1.api.internal.acme.conductor.one, version 12.4.1-rc.2, is not reachable",
        "it expired at 2026-12-01T06:37:22.123456789Z; see https://docs.example/errors/limit-42"
      })
  void idsOfBothUpstreamsAndWordsStayReadable(String message) {
    assertThat(text(message)).isEqualTo(message);
  }

  @Test
  void idsOfTheRequestStayReadable() {
    String id = "Zx9".repeat(12);

    assertThat(RefusalText.of("no credential " + id + " or credentials/" + id, Set.of(id)))
        .isEqualTo("no credential " + id + " or credentials/" + id);
    assertThat(text("no credential " + id)).isEqualTo("no credential <redacted>");
  }

  @Test
  void textIsCutAndHasNoControlCharacters() {
    assertThat(text("a\r\nb" + " x".repeat(400)))
        .hasSize(300)
        .startsWith("a b x")
        .doesNotContain("\n");
  }

  @Test
  void textHasNoCharactersThatHideOthers() {
    assertThat(text("user\u202etxt.exe\u202c\u2028next")).isEqualTo("usertxt.exe next");
    assertThat(text("bearer\u200b hunter2")).isEqualTo("<redacted>");
    assertThat(text("bearer\u2028hunter2")).isEqualTo("<redacted>");
    assertThat(text("password\u0001=hunter2")).isEqualTo("<redacted>");
    assertThat(text("bear\ufe0fer hunter2")).isEqualTo("<redacted>");
  }

  @Test
  void cutLeavesNoHalfCharacter() {
    assertThat(text("x".repeat(19) + " ".repeat(280) + "\ud83d\ude00")).endsWith(" ?");
  }

  private static String text(String message) {
    return RefusalText.of(message, Set.of());
  }
}
