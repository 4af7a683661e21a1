package dev.rekey.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.platform.PathId;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class SecretTest {

  private static final Secret SECRET = Secret.of("hunter2");

  @Test
  void printingAndSerializingRedactTheText() {
    var credential =
        new UpstreamCredential(
            PathId.of("id"), null, null, null, null, null, null, null, null, null, null);

    assertThat(SECRET).hasToString("<redacted>");
    assertThat(JsonMapper.shared().writeValueAsString(SECRET)).isEqualTo("\"<redacted>\"");
    assertThat(new Minted(credential, SECRET).toString()).doesNotContain("hunter2");
  }

  @Test
  void secretsWithTheSameTextAreEqual() {
    assertThat(SECRET)
        .isEqualTo(Secret.of("hunter2"))
        .hasSameHashCodeAs(Secret.of("hunter2"))
        .isNotEqualTo(Secret.of("hunter3"));
  }
}
