package dev.rekey.platform.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class HmacSha256Test {

  private static final SecretKeySpec JEFE =
      new SecretKeySpec("Jefe".getBytes(US_ASCII), HmacSha256.ALGORITHM);
  private static final String CODE =
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

  /** Test case 2 of RFC 4231. */
  @Test
  void codeMatchesThePublishedExample() {
    byte[] text = "what do ya want for nothing?".getBytes(US_ASCII);

    assertThat(HexFormat.of().formatHex(HmacSha256.of(JEFE, text))).isEqualTo(CODE);
  }

  @Test
  void partsHaveTheCodeOfTheWhole() {
    byte[] head = "what do ya want ".getBytes(US_ASCII);
    byte[] tail = "for nothing?".getBytes(US_ASCII);

    assertThat(HexFormat.of().formatHex(HmacSha256.of(JEFE, head, tail))).isEqualTo(CODE);
  }
}
