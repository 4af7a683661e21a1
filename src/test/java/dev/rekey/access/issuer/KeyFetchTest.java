package dev.rekey.access.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.JWSAlgorithm;
import dev.rekey.upstream.http.TestClients;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where the keys of an issuer are found, and why they are not. */
class KeyFetchTest {

  private final TestIssuer issuer = TestIssuer.start();

  @AfterEach
  void stop() {
    issuer.close();
  }

  @Test
  void metadataSaysWhereTheKeysAre() throws KeyFetchException {
    issuer.publish("one", JWSAlgorithm.ES256);

    assertThat(fetch(issuer.url(), null).fetch().getKeys()).hasSize(1);
  }

  @Test
  void issuerMayHaveAPathAndASlashAtItsEnd() throws KeyFetchException {
    issuer.publish("one", JWSAlgorithm.ES256);
    issuer.describe(issuer.url() + "/realms/acme/", issuer.keys());

    assertThat(fetch(issuer.url() + "/realms/acme/", null).fetch().getKeys()).hasSize(1);
  }

  @Test
  void mistypedIssuerIsReportedWithBothValues() {
    issuer.describe(issuer.url() + "/", issuer.keys());

    assertThatExceptionOfType(KeyFetchException.class)
        .isThrownBy(() -> fetch(issuer.url(), null).fetch())
        .withMessageContaining("its metadata has the issuer " + issuer.url() + "/,")
        .withMessageContaining("but the setting is " + issuer.url() + ";");
  }

  @Test
  void strangeIssuerInTheMetadataIsNotQuoted() {
    issuer.describe("canary\nERROR", issuer.keys());

    assertThatExceptionOfType(KeyFetchException.class)
        .isThrownBy(() -> fetch(issuer.url(), null).fetch())
        .withMessageNotContaining("canary");
  }

  @Test
  void givenUrlOfTheKeysNeedsNoMetadata() throws KeyFetchException {
    issuer.publish("one", JWSAlgorithm.ES256);
    issuer.describe("https://elsewhere.example.com", "https://elsewhere.example.com");

    assertThat(fetch("https://kubernetes.default.svc", issuer.keys()).fetch().getKeys()).hasSize(1);
  }

  @Test
  void failureSaysItsCause() {
    issuer.fail(503);
    reasonIs(fetch(issuer.url(), null), "it responds with status 503");
    issuer.fail(404);
    reasonIs(fetch(issuer.url(), null), "it has no metadata at " + issuer.url() + "/.well-known/…");
    reasonIs(fetch(issuer.url(), issuer.keys()), "its keys are not found");
    reasonIs(fetch("http://issuer.invalid", null), "it does not respond: UnknownHostException");
    issuer.close();
    reasonIs(fetch(issuer.url(), null), "it does not respond: ConnectException");
  }

  private static void reasonIs(KeyFetch fetch, String reason) {
    assertThatExceptionOfType(KeyFetchException.class).isThrownBy(fetch::fetch).withMessage(reason);
  }

  private static KeyFetch fetch(String issuer, @Nullable String keys) {
    return new KeyFetch(issuer, keys, TestClients.direct());
  }
}
