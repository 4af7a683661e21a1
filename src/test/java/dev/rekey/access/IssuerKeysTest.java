package dev.rekey.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.rekey.upstream.http.TestClients;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/** Tokens with keys that the issuer does not have. */
class IssuerKeysTest {

  private final List<JWK> published = new CopyOnWriteArrayList<>();
  private final AtomicInteger fetches = new AtomicInteger();
  private HttpServer issuer;
  private JwtDecoder decoder;

  @BeforeEach
  void start() throws IOException {
    issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    issuer.createContext(
        "/keys",
        exchange -> {
          fetches.incrementAndGet();
          byte[] keys = new JWKSet(published).toString().getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, keys.length);
          exchange.getResponseBody().write(keys);
          exchange.close();
        });
    issuer.start();
    var builder =
        NimbusJwtDecoder.withJwkSetUri(
            "http://localhost:" + issuer.getAddress().getPort() + "/keys");
    new IssuerKeys().limitedFetches(TestClients.direct()).customize(builder);
    decoder = builder.build();
  }

  @AfterEach
  void stop() {
    issuer.stop(0);
  }

  @Test
  void tokensWithUnknownKeysDoNotFloodTheIssuer() throws Exception {
    RSAKey known = key("known");
    RSAKey next = key("next");
    published.add(known);
    Instant start = Instant.now();
    assertThat(decoder.decode(token(known)).getSubject()).isEqualTo("somebody");

    List<CompletableFuture<Void>> flood =
        IntStream.range(0, 100)
            .mapToObj(
                i ->
                    CompletableFuture.runAsync(
                        () -> {
                          String unknown = token(known, "unknown-" + i);
                          assertThatThrownBy(() -> decoder.decode(unknown))
                              .isInstanceOf(BadJwtException.class);
                          decoder.decode(token(known));
                        }))
            .toList();
    flood.forEach(CompletableFuture::join);

    assertThat(fetches.get()).isLessThanOrEqualTo(allowedSince(start));
    published.add(next);
    await()
        .atMost(Duration.ofSeconds(15))
        .ignoreException(BadJwtException.class)
        .until(() -> "somebody".equals(decoder.decode(token(next)).getSubject()));
    assertThat(fetches.get()).isBetween(2, allowedSince(start));
  }

  /** The number of fetches in this time, if there is one in five seconds. */
  private static int allowedSince(Instant start) {
    return 1 + (int) Duration.between(start, Instant.now()).dividedBy(Duration.ofSeconds(5));
  }

  private static RSAKey key(String id) throws JOSEException {
    return new RSAKeyGenerator(2048).keyID(id).generate();
  }

  private static String token(RSAKey key) {
    return token(key, key.getKeyID());
  }

  private static String token(RSAKey key, String keyId) {
    var token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(keyId).build(),
            new JWTClaimsSet.Builder().subject("somebody").build());
    try {
      token.sign(new RSASSASigner(key));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    return token.serialize();
  }
}
