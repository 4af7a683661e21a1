package dev.rekey.access.encryption;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.JWKGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import dev.rekey.access.encryption.EncryptionProperties.Team;
import dev.rekey.access.issuer.Issuer;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.upstream.http.TestClients;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RegisteredKeysTest {

  private final ECKey pair = generate(new ECKeyGenerator(Curve.P_256).keyID("ci"));

  @Test
  void publicKeyIsRegisteredAloneOrInASet() {
    String key = pair.toPublicJWK().toJSONString();

    assertThat(keys(key).of("payments")).isPresent();
    assertThat(keys("{\"keys\":[" + key + "]}").of("payments")).isPresent();
    assertThat(keys(key).of("search")).isEmpty();
  }

  @Test
  void keyMayHaveTheIdKeys() {
    ECKey key = generate(new ECKeyGenerator(Curve.P_256).keyID("keys"));

    assertThat(keys(key.toPublicJWK().toJSONString()).of("payments")).isPresent();
  }

  @Test
  void teamOfAnotherIssuerHasItsName() {
    var team = new Team("acme/shop", "github", false, pair.toPublicJWK().toJSONString(), null);

    assertThat(keys(team).of("github:acme/shop")).isPresent();
    assertThat(keys(team).of("acme/shop")).isEmpty();
  }

  @Test
  void privateKeyIsRefusedAndNotQuoted() {
    assertThatExceptionOfType(PropertyException.class)
        .isThrownBy(() -> keys(pair.toJSONString()))
        .withMessageContaining("rekey.encryption.teams[0].keys")
        .withMessageContaining("is a private key: register the public one only")
        .satisfies(e -> assertThat(e).hasNoCause())
        .satisfies(e -> assertThat(e.toString()).doesNotContain(pair.getD().toString()));
  }

  @Test
  void malformedKeysAreRefusedAndNotQuoted() {
    String damaged = pair.toJSONString().replace("\"kty\"", "kty");

    for (String text : List.of(damaged, "{\"keys\":[]}", "[]", "ci")) {
      assertThatExceptionOfType(PropertyException.class)
          .isThrownBy(() -> keys(text))
          .withMessageContaining("has to be a JWK, or a JWK set with a key, as JSON")
          .satisfies(e -> assertThat(e).hasNoCause());
    }
  }

  @Test
  void keysThatCannotEncryptAreRefused() {
    String other = json("kty", "OKP", "crv", "X25519", "kid", "k", "x", pair.getX().toString());
    refuses(other, "is neither an EC key on P-256");
    refuses(publicOf(new ECKeyGenerator(Curve.P_256)), "has no kid");
    refuses(
        publicOf(new ECKeyGenerator(Curve.P_256).keyID("k").keyUse(KeyUse.SIGNATURE)),
        "has a use other than enc");
    refuses(
        publicOf(new ECKeyGenerator(Curve.P_256).keyID("k").algorithm(JWSAlgorithm.ES256)),
        "has an alg other than ECDH-ES+A256KW");
    String key = pair.toPublicJWK().toJSONString();
    refuses("{\"keys\":[" + key + "," + key + "]}", "has two keys with the same kid");
  }

  @Test
  void shortRsaKeyIsRefused() throws JOSEException {
    var key = new RSAKeyGenerator(1024, true).keyID("k").generate();

    refuses(new JWKSet(key).toString(true), "nor an RSA key of 2048 bits or more");
  }

  @Test
  void eitherKeysOrAUrlIsRequired() {
    String key = pair.toPublicJWK().toJSONString();

    refusesSettings(new Team("a", Issuer.DEFAULT, false, null, null));
    refusesSettings(new Team("a", Issuer.DEFAULT, false, key, "https://keys.example.com"));
    refusesSettings(new Team("a", Issuer.DEFAULT, false, null, "http://keys.example.com"));
  }

  @Test
  void teamIsListedOnce() {
    var team = new Team("a", Issuer.DEFAULT, false, pair.toPublicJWK().toJSONString(), null);

    assertThatExceptionOfType(PropertyException.class)
        .isThrownBy(() -> new EncryptionProperties(List.of(team, team)))
        .withMessageContaining("rekey.encryption.teams[1].team");
  }

  @Test
  void keysThatCannotBeFetchedAreAProblemOfTheirOwn() {
    var team = new Team("a", Issuer.DEFAULT, false, null, "http://localhost:1/keys");
    TeamKeys unavailable = keys(team).of("a").orElseThrow();

    // Rekey tries to fetch them twice only.
    for (int i = 0; i < 4; i++) {
      assertThatExceptionOfType(ProblemException.class)
          .isThrownBy(() -> unavailable.find("ci"))
          .satisfies(e -> assertThat(e.type()).isEqualTo(ProblemType.ENCRYPTION_KEYS_UNAVAILABLE));
    }
  }

  private static void refuses(String keys, String why) {
    assertThatExceptionOfType(PropertyException.class)
        .isThrownBy(() -> keys(keys))
        .withMessageContaining(why);
  }

  private static void refusesSettings(Team team) {
    assertThatExceptionOfType(PropertyException.class)
        .isThrownBy(() -> new EncryptionProperties(List.of(team)));
  }

  private static RegisteredKeys keys(@Nullable String keys) {
    return keys(new Team("payments", Issuer.DEFAULT, false, keys, null));
  }

  private static RegisteredKeys keys(Team team) {
    return new RegisteredKeys(new EncryptionProperties(List.of(team)), TestClients.direct());
  }

  private static String publicOf(JWKGenerator<ECKey> generator) {
    return generate(generator).toPublicJWK().toJSONString();
  }

  private static ECKey generate(JWKGenerator<ECKey> generator) {
    try {
      return generator.generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }
}
