package dev.rekey.access.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import dev.rekey.access.issuer.TestIssuer.SigningKey;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.JwtException;

/** The keys of one issuer: unknown ones, new ones, and an issuer that does not respond. */
@ExtendWith(OutputCaptureExtension.class)
class IssuerKeysTest {

  private static final Duration KEEP = Duration.ofHours(12);
  private static final Duration A_MOMENT = Duration.ofSeconds(5);
  private static final Executor VIRTUAL_THREADS = task -> Thread.ofVirtual().start(task);

  private final TestIssuer issuer = TestIssuer.start();
  private final Issuers issuers =
      TestTokens.issuers(TestTokens.settings("default", issuer.url(), issuer.keys(), List.of()));

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private volatile Duration passed = Duration.ZERO;
  private @Nullable String fault;
  private SigningKey published = SigningKey.of("one", JWSAlgorithm.ES256);
  private final IssuerKeys keys =
      new IssuerKeys("acme", KEEP, this::fetched, meters, () -> passed.toNanos());

  @AfterEach
  void stop() {
    issuer.close();
  }

  @Test
  void tokensWithUnknownKeysDoNotFloodTheIssuer() {
    SigningKey known = issuer.publish("known", JWSAlgorithm.RS256);
    Instant start = Instant.now();
    assertThat(subject(known)).isEqualTo("somebody");

    List<CompletableFuture<Void>> flood =
        IntStream.range(0, 100)
            .mapToObj(
                i ->
                    CompletableFuture.runAsync(
                        () -> {
                          String unknown = unknown(known, "unknown-" + i);
                          assertThatThrownBy(() -> issuers.decode(unknown))
                              .isInstanceOf(BadJwtException.class);
                          subject(known);
                        }))
            .toList();
    flood.forEach(CompletableFuture::join);

    assertThat(issuer.fetches()).isLessThanOrEqualTo(allowedSince(start));
    SigningKey next = issuer.publish("next", JWSAlgorithm.RS256);
    await()
        .atMost(Duration.ofSeconds(15))
        .ignoreException(RefusedToken.class)
        .until(() -> "somebody".equals(subject(next)));
    assertThat(issuer.fetches()).isBetween(2, allowedSince(start));
  }

  @Test
  void unknownKeysDoNotFloodAnIssuerThatDoesNotRespond() {
    keys.refresh();
    fault = "it does not respond";
    passed = Duration.ofSeconds(30);

    findUnknownKeysAtOnce();
    assertThat(fetches("failure")).isOne();

    passed = Duration.ofMillis(31_999);
    findUnknownKeysAtOnce();
    assertThat(fetches("failure")).isOne();

    passed = Duration.ofSeconds(32);
    findUnknownKeysAtOnce();
    assertThat(fetches("failure")).isEqualTo(2);
  }

  private void findUnknownKeysAtOnce() {
    SigningKey unknown = SigningKey.of("unknown", JWSAlgorithm.ES256);
    List<CompletableFuture<Integer>> flood =
        IntStream.range(0, 100)
            .mapToObj(_ -> CompletableFuture.supplyAsync(() -> found(unknown), VIRTUAL_THREADS))
            .toList();
    assertThat(flood).extracting(CompletableFuture::join).containsOnly(0);
  }

  @Test
  void tokensWithKnownKeysDoNotWaitForAFetch() {
    var hangs = new CompletableFuture<Void>();
    var responds = new CompletableFuture<JWKSet>();
    var set = new JWKSet(published.jwk());
    var slow =
        new IssuerKeys(
            "slow",
            KEEP,
            () -> {
              if (passed.isZero()) {
                return set;
              }
              hangs.complete(null);
              return responds.join();
            },
            meters,
            () -> passed.toNanos());
    slow.refresh();
    passed = Duration.ofSeconds(30);
    SigningKey other = SigningKey.of("other", JWSAlgorithm.ES256);

    var unknown = CompletableFuture.supplyAsync(() -> found(slow, other), VIRTUAL_THREADS);
    assertThat(hangs).succeedsWithin(A_MOMENT);

    assertThat(CompletableFuture.supplyAsync(() -> found(slow, published), VIRTUAL_THREADS))
        .succeedsWithin(A_MOMENT)
        .isEqualTo(1);
    assertThat(unknown).isNotDone();

    responds.complete(set);
    assertThat(unknown).succeedsWithin(A_MOMENT).isEqualTo(0);
  }

  /** The number of fetches in this time, if there is one in five seconds. */
  private static int allowedSince(Instant start) {
    return 1 + (int) Duration.between(start, Instant.now()).dividedBy(Duration.ofSeconds(5));
  }

  // Its signature is not even checked, because there is no such key.
  private String unknown(SigningKey key, String keyId) {
    var header = new JWSHeader.Builder(key.algorithm()).keyID(keyId).build();
    return key.sign(TestTokens.claims(issuer.url()))
        .replaceFirst("^[^.]+", header.toBase64URL().toString());
  }

  private @Nullable String subject(SigningKey key) {
    return issuers.decode(key.sign(TestTokens.claims(issuer.url()))).getSubject();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
        "Ed25519", "Ed448"
      })
  void everyAsymmetricAlgorithmOfTheKeySetWorks(String algorithm) {
    assertThat(subject(issuer.publish("key", JWSAlgorithm.parse(algorithm)))).isEqualTo("somebody");
  }

  @Test
  void newAlgorithmWorksWithinAMinuteWithoutARestart() {
    assertThat(subject(issuer.publish("old", JWSAlgorithm.RS256))).isEqualTo("somebody");
    issuer.withdrawAll();
    SigningKey next = issuer.publish("new", JWSAlgorithm.EdDSA);

    await()
        .atMost(Duration.ofSeconds(15))
        .ignoreException(RefusedToken.class)
        .until(() -> "somebody".equals(subject(next)));
  }

  private JWKSet fetched() throws KeyFetchException {
    if (fault != null) {
      throw new KeyFetchException(fault);
    }
    return new JWKSet(published.jwk());
  }

  private int found(SigningKey key) {
    return found(keys, key);
  }

  private static int found(IssuerKeys keys, SigningKey key) {
    var header = new JWSHeader.Builder(key.algorithm()).keyID(key.jwk().getKeyID()).build();
    return keys.find(new JWKSelector(JWKMatcher.forJWSHeader(header))).size();
  }

  @Test
  void lastKnownKeysServeAsLongAsIsStated() {
    keys.refresh();
    fault = "it does not respond";

    passed = KEEP.minusMinutes(1);
    keys.refresh();
    assertThat(found(published)).isEqualTo(1);
    assertThat(found(SigningKey.of("other", JWSAlgorithm.ES256))).isZero();

    passed = KEEP;
    assertThatExceptionOfType(JwtException.class).isThrownBy(() -> found(published));
    fault = null;
    passed = KEEP.plusSeconds(5);
    assertThat(found(published)).isEqualTo(1);
  }

  @Test
  void withdrawnKeyIsForgottenByTheNextRefresh() {
    SigningKey old = published;
    keys.refresh();
    published = SigningKey.of("two", JWSAlgorithm.ES256);
    passed = Duration.ofSeconds(30);
    keys.refresh();

    assertThat(found(old)).isZero();
    assertThat(found(published)).isEqualTo(1);
  }

  @Test
  void failedFetchIsCountedAndLoggedOnceIn10Minutes(CapturedOutput log) {
    assertThat(meters.get("rekey.issuer.keys.age").gauge().value()).isNaN();
    keys.refresh();
    fault = "it does not respond: ConnectException";
    for (int minutes = 1; minutes <= 12; minutes++) {
      passed = Duration.ofMinutes(minutes);
      keys.refresh();
    }

    assertThat(meters.get("rekey.issuer.keys.age").tag("issuer", "acme").gauge().value())
        .isEqualTo(720);
    assertThat(fetches("success")).isEqualTo(1);
    assertThat(fetches("failure")).isEqualTo(12);
    assertThat(log.getOut().lines().filter(line -> line.contains("cannot be fetched")))
        .hasSize(2)
        .first()
        .asString()
        .contains(
            "The keys of the issuer acme cannot be fetched: it does not respond: ConnectException."
                + " The last known keys stay in use for 719 more minutes");

    fault = null;
    passed = Duration.ofMinutes(13);
    keys.refresh();
    assertThat(log).contains("The keys of the issuer acme are available again");
  }

  @Test
  void issuerThatNeverRespondedIsLoggedWithTheConsequence(CapturedOutput log) {
    fault = "it does not respond: UnknownHostException";

    assertThatExceptionOfType(JwtException.class)
        .isThrownBy(() -> found(published))
        .isNotInstanceOf(BadJwtException.class);
    assertThat(log).contains("UnknownHostException. Its callers get 503");
  }

  private double fetches(String outcome) {
    return meters.get("rekey.issuer.key.fetches").tag("outcome", outcome).counter().count();
  }
}
