package dev.rekey.notification;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SigningKeysTest {

  private static final byte[] OLD =
      "an old secret of 24 bytes or more".getBytes(StandardCharsets.UTF_8);
  private static final byte[] NEW =
      "a newer secret, also long enough".getBytes(StandardCharsets.UTF_8);

  private static final UUID ID = UUID.fromString("019aa8a6-0d1e-7f2a-9b3c-4d5e6f708192");
  private static final long TIME = 1_763_803_860;
  private static final String BODY = "{\"subject\":\"Zürich ☃\"}";

  @Test
  void signatureMatchesTheReferenceLibrary() throws Exception {
    String expected = new Webhook(OLD).sign(ID.toString(), TIME, BODY);

    assertThat(sign(List.of(OLD))).isEqualTo(expected).startsWith("v1,");
    assertThat(Base64.getDecoder().decode(expected.substring(3))).hasSize(32);
  }

  @Test
  void everyKeySigns() {
    assertThat(sign(List.of(NEW, OLD))).isEqualTo(sign(List.of(NEW)) + " " + sign(List.of(OLD)));
  }

  private static String sign(List<byte[]> keys) {
    return new SigningKeys(keys).signature(ID, TIME, BODY.getBytes(StandardCharsets.UTF_8));
  }
}
