package dev.rekey.access.encryption;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDHDecrypter;
import com.nimbusds.jose.crypto.RSADecrypter;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import dev.rekey.RekeyIT;
import dev.rekey.access.issuer.TestIssuer;
import dev.rekey.access.issuer.TestIssuer.SigningKey;
import dev.rekey.run.Http.Answer;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ContextConfiguration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Responses that only the holder of a registered key can read. */
@ContextConfiguration(initializers = EncryptionIT.Registered.class)
@DirtiesContext
@ExtendWith(OutputCaptureExtension.class)
class EncryptionIT extends RekeyIT {

  private static final String GITHUB = json("appId", "crm", "connectorId", "github");
  private static final TestIssuer SERVER = TestIssuer.start();
  private static final List<JWK> PAYMENTS =
      List.of(ec("p256", Curve.P_256), ec("p384", Curve.P_384), ec("p521", Curve.P_521), rsa());
  private static final JWK SEARCH = ec("search", Curve.P_256);

  /** Payments may encrypt, search and admin have to. The keys of admin are at a URL. */
  static class Registered implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    @Override
    public void initialize(ConfigurableApplicationContext context) {
      var teams = "rekey.encryption.teams";
      Map<String, Object> settings =
          Map.of(
              teams + "[0].team", "payments",
              teams + "[0].keys", new JWKSet(PAYMENTS).toString(true),
              teams + "[1].team", "search",
              teams + "[1].required", "true",
              teams + "[1].keys", SEARCH.toPublicJWK().toJSONString(),
              teams + "[2].team", "admin",
              teams + "[2].required", "true",
              teams + "[2].jwk-set-uri", SERVER.keys());
      context
          .getEnvironment()
          .getPropertySources()
          .addFirst(new MapPropertySource("registered", settings));
    }
  }

  private static JWK ec(String kid, Curve curve) {
    try {
      return new ECKeyGenerator(curve).keyID(kid).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JWK rsa() {
    try {
      return new RSAKeyGenerator(2048).keyID("rsa").generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void recover() {
    SERVER.fail(200);
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"p256", "p384", "p521", "rsa"})
  void secretIsInAJweThatOnlyTheKeyOpens(String kid) throws Exception {
    Answer encrypted = as("payments").with("Rekey-Encrypt-To", kid).post(ROTATE, OKTA);

    assertThat(encrypted.status()).isEqualTo(200);
    assertThat(encrypted.header("Content-Type")).isEqualTo("application/jose");
    assertThat(encrypted.header("Cache-Control")).isEqualTo("no-store");
    JWEObject jwe = JWEObject.parse(encrypted.raw().body());
    assertThat(jwe.getHeader().toJSONObject())
        .containsEntry("alg", kid.equals("rsa") ? "RSA-OAEP-256" : "ECDH-ES+A256KW")
        .containsEntry("enc", "A256GCM")
        .containsEntry("kid", kid)
        .containsEntry("cty", "json");
    JsonNode opened = opened(encrypted, key(kid));
    assertThat(opened.at("/credential/connectorId").asString()).isEqualTo("okta");
    assertThat(
            control()
                .isValid(
                    opened.at("/credential/clientId").asString(),
                    opened.at("/credential/clientSecret").asString()))
        .isTrue();
  }

  @Test
  void everyRouteThatReturnsASecretEncryptsTheBodyThatItReplaces() throws Exception {
    var encrypting = as("payments").with("Rekey-Encrypt-To", "p256");
    String legacy = "/api/v1/apps/crm/connectors/okta/credentials";
    assertSameShape(as("payments").post(ROTATE, OKTA), encrypting.post(ROTATE, OKTA));
    assertSameShape(as("payments").post(legacy, "{}"), encrypting.post(legacy, "{}"));
    Answer old = as("payments").post(CHECKOUT, json("name", "one"));
    Answer created = encrypting.post(CHECKOUT, json("name", "two"));
    assertSameShape(old, created);
    String rotate = CHECKOUT + "/" + old.text("/id") + "/rotate";
    Answer rotated = encrypting.with("Idempotency-Key", requestId).post(rotate, "{}");
    assertSameShape(old, rotated);
    String reissue = "/api/v1/rotations/" + rotated.header("Rekey-Rotation-Id") + "/reissue";
    Answer reissued = encrypting.post(reissue, "{}");
    assertThat(opened(reissued, key("p256")).at("/clientSecret").asString()).isNotEmpty();
    awaitFollowUps();
  }

  private static void assertSameShape(Answer plain, Answer encrypted) throws Exception {
    assertThat(encrypted.status()).isEqualTo(plain.status());
    assertThat(encrypted.header("Rekey-Rotation-Id")).isNotNull();
    assertThat(encrypted.header("Rekey-Credential-Id")).isNotNull();
    assertThat(names(opened(encrypted, key("p256")))).isEqualTo(names(plain.body()));
  }

  private static List<String> names(JsonNode object) {
    return object.findParents("id").stream()
        .flatMap(parent -> parent.propertyNames().stream())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"search", "other", "", "P256"})
  void keyThatTheTeamHasNotRegisteredMintsNothing(String kid) {
    Answer refused = as("payments").with("Rekey-Encrypt-To", kid).post(ROTATE, OKTA);

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/type")).isEqualTo("/problems/unknown-encryption-key");
    assertThat(control().mints()).isEmpty();
    assertThat(events()).isEmpty();
  }

  @Test
  void severalKeysMintNothing() {
    Answer refused =
        as("payments")
            .with("Rekey-Encrypt-To", "p256")
            .with("Rekey-Encrypt-To", "rsa")
            .post(ROTATE, OKTA);

    assertThat(refused.status()).isEqualTo(422);
    assertThat(control().mints()).isEmpty();
  }

  @Test
  void teamThatHasToEncryptGetsNoPlainSecret() throws Exception {
    Answer plain = as("search").post(ROTATE, GITHUB);
    Answer encrypted = as("search").with("Rekey-Encrypt-To", "search").post(ROTATE, GITHUB);

    assertThat(plain.status()).isEqualTo(422);
    assertThat(plain.text("/type")).isEqualTo("/problems/encryption-required");
    assertThat(control().mints()).hasSize(1);
    assertThat(opened(encrypted, SEARCH).at("/credential/clientSecret").asString()).isNotEmpty();
  }

  @Test
  void teamThatHasToEncryptMayHaveASecretDeliveredOnly() {
    Answer both = as("admin").with("Rekey-Deliver", "also").post(ROTATE, OKTA);
    Answer only = as("admin").with("Rekey-Deliver", "only").post(ROTATE, OKTA);

    assertThat(both.text("/type")).isEqualTo("/problems/encryption-required");
    assertThat(only.status()).isEqualTo(200);
    assertThat(only.header("Rekey-Delivery")).isEqualTo("delivered");
    assertThat(only.text("/credential/clientSecret")).isEmpty();
    assertThat(control().mints()).hasSize(1);
  }

  @Test
  void teamThatHasToEncryptReadsAsBefore() {
    assertThat(as("search").get("/api/v1/credentials").status()).isEqualTo(200);
  }

  @Test
  void refusalOfTheUpstreamIsNotEncrypted() {
    control().fault("conductorone", "rotate", "status", "\"status\":422");

    Answer refused = as("payments").with("Rekey-Encrypt-To", "p256").post(ROTATE, OKTA);

    assertThat(refused.text("/type")).isEqualTo("/problems/upstream-refused");
  }

  @Test
  void keysOfAUrlAreFetchedAndCachedAndANewOneIsFound() throws Exception {
    SigningKey first = SERVER.publish("first", JWSAlgorithm.ES256);
    Answer one = as("admin").with("Rekey-Encrypt-To", "first").post(ROTATE, OKTA);
    int fetches = SERVER.fetches();
    as("admin").with("Rekey-Encrypt-To", "first").post(ROTATE, OKTA);
    assertThat(SERVER.fetches()).isEqualTo(fetches);
    SigningKey second = SERVER.publish("second", JWSAlgorithm.RS256);
    Answer two = as("admin").with("Rekey-Encrypt-To", "second").post(ROTATE, OKTA);

    assertThat(opened(one, first.jwk()).at("/credential/id").asString()).isNotEmpty();
    assertThat(opened(two, second.jwk()).at("/credential/id").asString()).isNotEmpty();
    assertThat(as("admin").with("Rekey-Encrypt-To", "third").post(ROTATE, OKTA).status())
        .isEqualTo(422);
    SERVER.fail(503);
    Answer cached = as("admin").with("Rekey-Encrypt-To", "first").post(ROTATE, OKTA);
    assertThat(cached.status()).isEqualTo(200);
  }

  @Test
  void encryptedSecretIsInNoLog(CapturedOutput output) throws Exception {
    var logging = LoggingSystem.get(getClass().getClassLoader());
    logging.setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.TRACE);
    Answer encrypted;
    try {
      encrypted = as("payments").with("Rekey-Encrypt-To", "rsa").post(ROTATE, OKTA);
    } finally {
      logging.setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.INFO);
    }
    JsonNode credential = opened(encrypted, key("rsa")).path("credential");

    assertThat(output.getAll()).contains(credential.path("id").asString());
    assertThat(output.getAll().contains(credential.path("clientSecret").asString())).isFalse();
  }

  private static JWK key(String kid) {
    return PAYMENTS.stream().filter(key -> key.getKeyID().equals(kid)).findFirst().orElseThrow();
  }

  private static JsonNode opened(Answer encrypted, JWK key) throws ParseException, JOSEException {
    JWEObject jwe = JWEObject.parse(encrypted.raw().body());
    jwe.decrypt(key instanceof RSAKey rsa ? new RSADecrypter(rsa) : new ECDHDecrypter((ECKey) key));
    return JsonMapper.shared().readTree(jwe.getPayload().toString());
  }
}
