package dev.rekey.audit.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyPairGenerator;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class SigningKeyTest {

  @Test
  void derivedKeyDependsOnTheKeyAndTheLabelOnly() throws Exception {
    String pem = pem();
    byte[] derived = SigningKey.ofPem(pem).derive("HmacSHA256", "a label").getEncoded();

    assertThat(derived)
        .hasSize(32)
        .isEqualTo(SigningKey.ofPem(pem).derive("HmacSHA256", "a label").getEncoded())
        .isNotEqualTo(SigningKey.ofPem(pem).derive("HmacSHA256", "another label").getEncoded())
        .isNotEqualTo(SigningKey.ofPem(pem()).derive("HmacSHA256", "a label").getEncoded());
  }

  private static String pem() throws Exception {
    byte[] key =
        KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate().getEncoded();
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getEncoder().encodeToString(key)
        + "\n-----END PRIVATE KEY-----\n";
  }
}
