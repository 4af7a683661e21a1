package dev.rekey.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.JWSAlgorithm;
import dev.rekey.access.issuer.Issuers;
import dev.rekey.access.issuer.RefusedToken;
import dev.rekey.access.issuer.TestIssuer;
import dev.rekey.access.issuer.TestIssuer.SigningKey;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.upstream.http.TestClients;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.security.oauth2.jwt.Jwt;

/** Spring Security's own settings of one issuer, alone and next to listed issuers. */
class TrustedIssuersTest {

  private static final String JWT = "spring.security.oauth2.resourceserver.jwt.";
  private static final String COMPANY = "https://login.example.com";

  private final TestIssuer keys = TestIssuer.start();
  private final SigningKey key = keys.publish("key", JWSAlgorithm.ES256);
  private final Map<String, Object> settings = new HashMap<>();
  private final OAuth2ResourceServerProperties spring = new OAuth2ResourceServerProperties();

  TrustedIssuersTest() {
    spring.getJwt().setIssuerUri(COMPANY);
    spring.getJwt().setJwkSetUri(keys.keys());
    spring.getJwt().setAudiences(List.of("rekey"));
  }

  @AfterEach
  void stop() {
    keys.close();
  }

  @Test
  void oneIssuerAcceptsEveryAlgorithmUnlessTheyAreSet() {
    assertThat(verified().getSubject()).isEqualTo("somebody");

    settings.put(JWT + "jws-algorithms", "RS256");
    assertThatExceptionOfType(RefusedToken.class).isThrownBy(this::verified);
    settings.put(JWT + "jws-algorithms", "RS256,ES256");
    assertThat(verified().getSubject()).isEqualTo("somebody");
  }

  @Test
  void issuerIsFoundByItsMetadata() {
    spring.getJwt().setIssuerUri(keys.url());
    spring.getJwt().setJwkSetUri(null);

    assertThat(issuers().decode(token(keys.url())).getSubject()).isEqualTo("somebody");
  }

  @Test
  void namesOfClaimsAreKept() {
    spring.getJwt().setPrincipalClaimName("preferred_username");
    spring.getJwt().setAuthoritiesClaimName("permissions");
    settings.put("rekey.access.team-claim", "realm_access.roles");
    Issuers issuers = issuers();
    Jwt token = issuers.decode(token(COMPANY));

    assertThat(issuers.of(token).principal(token)).isEqualTo("Somebody");
    assertThat(issuers.of(token).scopes(token)).containsExactly("admin");
    assertThat(issuers.of(token).teams(token)).containsExactly("payments");
    assertThat(issuers.of(token).name()).isEqualTo("default");
  }

  @Test
  void publicKeyCanBeAFile() {
    SigningKey rsa = SigningKey.of("none", JWSAlgorithm.RS256);
    String base64 = Base64.getMimeEncoder().encodeToString(rsa.pair().getPublic().getEncoded());
    spring.getJwt().setJwkSetUri(null);
    spring
        .getJwt()
        .setPublicKeyLocation(
            new ByteArrayResource(
                ("-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----\n")
                    .getBytes(StandardCharsets.US_ASCII)));

    assertThat(issuers().decode(rsa.sign(claims(COMPANY))).getSubject()).isEqualTo("somebody");
    assertThatExceptionOfType(RefusedToken.class).isThrownBy(this::verified);
  }

  @Test
  void settingThatWouldBeIgnoredIsRefused() {
    spring.getJwt().setAuthoritiesClaimDelimiter(",");

    isRefused("AUTHORITIES_CLAIM_NAME", "is the only setting of authorities that Rekey supports");
  }

  @Test
  void issuerIsNotSetTwice() {
    list("default", "https://sso.example.com");
    isRefused("REKEY_ACCESS_ISSUERS_0_NAME", "has to be another name than default");
    list("sso", COMPANY);
    isRefused("REKEY_ACCESS_ISSUERS_0_ISSUER_URI", "has to differ from " + JWT + "issuer-uri");
  }

  @Test
  void issuerOfEverybodyIsListedWithItsSubjects() {
    spring.getJwt().setIssuerUri("https://gitlab.com");

    isRefused("ISSUER_URI", "is an issuer from which everybody can get tokens");
  }

  @Test
  void grantNamesAnIssuerThatExists() {
    settings.put("rekey.access.grants[0].team", "payments");
    list("sso", "https://sso.example.com");
    assertThat(issuers().names()).containsExactlyInAnyOrder("default", "sso");

    spring.getJwt().setIssuerUri(null);
    isRefused(
        "REKEY_ACCESS_GRANTS_0_ISSUER", "is required, because no issuer has the name default");
  }

  private void list(String name, String uri) {
    settings.put("rekey.access.issuers[0].name", name);
    settings.put("rekey.access.issuers[0].issuer-uri", uri);
    settings.put("rekey.access.issuers[0].audiences", "rekey");
  }

  private void isRefused(String setting, String expectation) {
    assertThatExceptionOfType(PropertyException.class)
        .isThrownBy(this::issuers)
        .withMessageContaining(setting)
        .withMessageContaining(expectation);
  }

  private Jwt verified() {
    return issuers().decode(token(COMPANY));
  }

  private String token(String issuer) {
    return key.sign(claims(issuer));
  }

  private static Map<String, Object> claims(String issuer) {
    long now = Instant.now().getEpochSecond();
    return Map.of(
        "iss",
        issuer,
        "sub",
        "somebody",
        "preferred_username",
        "Somebody",
        "aud",
        "rekey",
        "exp",
        now + 300,
        "scope",
        "credentials:read",
        "permissions",
        List.of("admin"),
        "realm_access",
        Map.of("roles", List.of("payments")));
  }

  private Issuers issuers() {
    var environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("test", settings));
    AccessProperties access =
        Binder.get(environment).bindOrCreate("rekey.access", AccessProperties.class);
    return new TrustedIssuers()
        .issuers(
            spring,
            access,
            environment,
            TestClients.direct(),
            new SimpleMeterRegistry(),
            Clock.systemUTC());
  }
}
