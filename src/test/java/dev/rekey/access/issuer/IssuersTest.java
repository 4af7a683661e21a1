package dev.rekey.access.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.rekey.access.issuer.TestIssuer.SigningKey;
import java.text.ParseException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.oauth2.jwt.Jwt;

/** Which tokens of which issuers are valid, and what the caller is told otherwise. */
@ExtendWith(OutputCaptureExtension.class)
class IssuersTest {

  private static final String COMPANY = "https://login.example.com";
  private static final String GITHUB = "https://token.actions.githubusercontent.com";
  private static final TestIssuer COMPANY_KEYS = TestIssuer.start();
  private static final TestIssuer GITHUB_KEYS = TestIssuer.start();

  // Both issuers call their key by the same name.
  private static final SigningKey COMPANY_KEY = COMPANY_KEYS.publish("key", JWSAlgorithm.RS256);
  private static final SigningKey GITHUB_KEY = GITHUB_KEYS.publish("key", JWSAlgorithm.RS256);

  private final Issuers issuers =
      TestTokens.issuers(
          TestTokens.settings("default", COMPANY, COMPANY_KEYS.keys(), List.of()),
          TestTokens.settings(
              "github", GITHUB, GITHUB_KEYS.keys(), List.of("RS256"), "repo:acme/*"));

  @AfterAll
  static void stop() {
    COMPANY_KEYS.close();
    GITHUB_KEYS.close();
  }

  @Test
  void tokenOfEachListedIssuerIsVerifiedWithItsOwnKeys() {
    assertThat(principal(COMPANY_KEY, COMPANY, "somebody")).isEqualTo("somebody");
    assertThat(principal(GITHUB_KEY, GITHUB, "repo:acme/shop:ref:refs/heads/main"))
        .isEqualTo("github:repo:acme/shop:ref:refs/heads/main");
  }

  @Test
  void keyOfAnotherListedIssuerDoesNotCount() {
    isRefused(
        GITHUB_KEY.sign(TestTokens.claims(COMPANY)),
        "The signature of the access token is not its issuer's.");
    isRefused(
        COMPANY_KEY.sign(claims(GITHUB, "repo:acme/shop:ref:refs/heads/main")),
        "The signature of the access token is not its issuer's.");
  }

  @Test
  void tokenOfAnUnlistedIssuerIsRefused(CapturedOutput log) {
    isRefused(
        COMPANY_KEY.sign(TestTokens.claims("https://gitlab.com")),
        "The access token is from another issuer.");
    isRefused(
        COMPANY_KEY.sign(TestTokens.claims("canary\nERROR")),
        "The access token is from another issuer.");

    assertThat(log)
        .containsOnlyOnce("was refused. Only [" + COMPANY + ", " + GITHUB + "] are trusted")
        .contains("A token of the issuer https://gitlab.com was refused")
        .doesNotContain("canary");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://login.example.com/",
        "http://login.example.com",
        "https://LOGIN.example.com",
        "https://login.example.com:443/"
      })
  void mistypedIssuerIsReportedWithBothValues(String issuer) {
    isRefused(
        COMPANY_KEY.sign(TestTokens.claims(issuer)),
        "The iss of the access token is %s, but Rekey trusts %s; they have to be exactly the same."
            .formatted(issuer, COMPANY));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          iss | The access token has no iss.
          sub | The access token has no sub.
          exp | The access token has no exp.
          aud | The access token has no aud: it has to contain rekey.
          """)
  void missingClaimIsNamed(String claim, String reason) {
    isRefused(COMPANY_KEY.sign(TestTokens.claims(COMPANY, claims -> claims.remove(claim))), reason);
  }

  @Test
  void tokenForAnotherAudienceIsRefused() {
    isRefused(
        changed(claims -> claims.put("aud", List.of("canary", "account"))),
        "The access token is for another audience: its aud does not contain rekey.");
  }

  @Test
  void everyFaultIsNamed() {
    long now = Instant.now().getEpochSecond();
    isRefused(
        changed(
            claims -> {
              claims.put("iat", now - 300);
              claims.put("exp", now - 120);
              claims.put("nbf", now + 120);
              claims.put("aud", "canary");
              claims.remove("sub");
            }),
        "The access token has expired. The access token is not valid yet."
            + " The access token is for another audience: its aud does not contain rekey."
            + " The access token has no sub.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "repo:evil/shop:ref:refs/heads/main",
        "repo:acme-evil/shop:ref:refs/heads/main",
        "xrepo:acme/shop",
        "REPO:ACME/shop",
        "repo:acme"
      })
  void tokenOutsideTheAllowedSubjectsIsRefused(String subject) {
    isRefused(
        GITHUB_KEY.sign(claims(GITHUB, subject)),
        "Rekey does not accept the sub of this access token from its issuer.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"github:repo:acme/shop:ref:refs/heads/main", "line\nbreak", " "})
  void subjectThatLooksLikeAnotherCallerIsRefused(String subject) {
    assertThatExceptionOfType(RefusedToken.class)
        .isThrownBy(() -> issuers.decode(COMPANY_KEY.sign(claims(COMPANY, subject))));
  }

  @Test
  void teamThatLooksLikeOneOfAnotherIssuerIsIgnored() {
    Jwt token =
        issuers.decode(
            changed(
                claims -> claims.put("groups", List.of("payments", "github:acme", "/github:b"))));

    assertThat(issuers.of(token).teams(token)).containsExactly("payments");
  }

  @ParameterizedTest
  @ValueSource(strings = {"at+jwt", "AT+JWT", "application/at+jwt", "JWT", "jwt"})
  void typeOfAnAccessTokenIsAccepted(String type) {
    var header = new JWSHeader.Builder(JWSAlgorithm.RS256).type(new JOSEObjectType(type));

    assertThatCode(() -> issuers.decode(COMPANY_KEY.sign(header, TestTokens.claims(COMPANY))))
        .doesNotThrowAnyException();
  }

  @Test
  void tokenWithoutATypeIsAcceptedAndOneOfAnotherKindIsNot() {
    var none = new JWSHeader.Builder(JWSAlgorithm.RS256);
    var logout = new JWSHeader.Builder(JWSAlgorithm.RS256).type(new JOSEObjectType("logout+jwt"));

    assertThatCode(() -> issuers.decode(COMPANY_KEY.sign(none, TestTokens.claims(COMPANY))))
        .doesNotThrowAnyException();
    isRefused(
        COMPANY_KEY.sign(logout, TestTokens.claims(COMPANY)),
        "The typ of the token is not that of an access token: JWT or at+jwt.");
  }

  @Test
  void publicKeyIsNoSecretOfASymmetricAlgorithm() throws JOSEException, ParseException {
    var token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("key").build(),
            JWTClaimsSet.parse(TestTokens.claims(COMPANY)));
    token.sign(new MACSigner(((RSAKey) COMPANY_KEY.jwk()).toRSAPublicKey().getEncoded()));

    isRefused(
        token.serialize(), "Rekey does not accept the alg of the access token from its issuer.");
  }

  @Test
  void tokenWithoutASignatureIsRefused() throws ParseException {
    isRefused(
        new PlainJWT(JWTClaimsSet.parse(TestTokens.claims(COMPANY))).serialize(),
        "The access token is not signed: its alg is none.");
    isRefused("canary", "The access token is not a JWT.");
    isRefused("a.canary.c", "The access token is not a JWT.");
  }

  @Test
  void keyInTheTokenItselfDoesNotCount() {
    SigningKey own = SigningKey.of("key", JWSAlgorithm.RS256);
    var header = new JWSHeader.Builder(JWSAlgorithm.RS256).jwk(own.jwk().toPublicJWK());

    isRefused(
        own.sign(header, TestTokens.claims(COMPANY)),
        "The signature of the access token is not its issuer's.");
  }

  @Test
  void algorithmsOfAnIssuerCanBeRestricted() {
    SigningKey other = GITHUB_KEYS.publish("other", JWSAlgorithm.ES256);

    isRefused(
        other.sign(claims(GITHUB, "repo:acme/shop")),
        "Rekey does not accept the alg of the access token from its issuer.");
  }

  @Test
  void unknownCriticalHeaderIsRefused() {
    var header =
        new JWSHeader.Builder(JWSAlgorithm.RS256)
            .customParam("canary", 1)
            .criticalParams(Set.of("canary"));

    isRefused(
        COMPANY_KEY.sign(header, TestTokens.claims(COMPANY)),
        "The access token has a crit header, which Rekey does not know.");
  }

  @Test
  void unusableTimesAreNoInternalError() {
    long now = Instant.now().getEpochSecond();
    isRefused(
        changed(
            claims -> {
              claims.put("iat", now + 600);
              claims.put("exp", now + 300);
            }),
        "The exp of the access token is not after its iat.");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void groupOverageOfEntraIsAClearRefusal(boolean isImplicit) {
    String token =
        changed(
            claims -> {
              if (isImplicit) {
                claims.put("hasgroups", true);
              } else {
                claims.put("_claim_names", Map.of("groups", "src1"));
                claims.put("_claim_sources", Map.of("src1", Map.of("endpoint", "https://graph")));
              }
            });

    assertThatExceptionOfType(RefusedToken.class)
        .isThrownBy(() -> issuers.decode(token))
        .withMessageStartingWith(
            "The access token does not contain groups, because the caller is in more groups than");
  }

  private String principal(SigningKey key, String issuer, String subject) {
    Jwt token = issuers.decode(key.sign(claims(issuer, subject)));
    return issuers.of(token).principal(token);
  }

  private static Map<String, Object> claims(String issuer, String subject) {
    return TestTokens.claims(issuer, claims -> claims.put("sub", subject));
  }

  private static String changed(Consumer<Map<String, Object>> change) {
    return COMPANY_KEY.sign(TestTokens.claims(COMPANY, change));
  }

  private void isRefused(String token, String reason) {
    assertThatExceptionOfType(RefusedToken.class)
        .isThrownBy(() -> issuers.decode(token))
        .withMessage(reason)
        .withMessageNotContaining("canary");
  }
}
