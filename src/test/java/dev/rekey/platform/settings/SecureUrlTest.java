package dev.rekey.platform.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecureUrlTest {

  @ParameterizedTest
  @ValueSource(strings = {"https://api.example.com", "https://localhost:1/x?y=z"})
  void httpsUrlsAreSecure(String url) {
    assertThat(SecureUrl.https(url)).isEqualTo(URI.create(url));
    assertThat(SecureUrl.httpsOrLocal(url)).isEqualTo(URI.create(url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://localhost:9090", "http://127.0.0.1", "http://127.1.2.3/", "http://[::1]"})
  void httpUrlsOfThisMachineAreSecureWhereLocalUrlsAreAllowed(String url) {
    assertThat(SecureUrl.https(url)).isNull();
    assertThat(SecureUrl.httpsOrLocal(url)).isEqualTo(URI.create(url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "https:",
        "https:/path",
        "https://exa mple.com",
        "localhost",
        "ftp://localhost",
        "http://example.com",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com"
      })
  void otherUrlsAreNot(String url) {
    assertThat(SecureUrl.https(url)).isNull();
    assertThat(SecureUrl.httpsOrLocal(url)).isNull();
  }
}
