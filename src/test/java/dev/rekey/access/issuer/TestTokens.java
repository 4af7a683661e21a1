package dev.rekey.access.issuer;

import dev.rekey.upstream.http.TestClients;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Claims and issuers for tests. */
final class TestTokens {

  static final String AUDIENCE = "rekey";

  private TestTokens() {}

  /** The claims of a valid token. */
  static Map<String, Object> claims(String issuer) {
    return claims(issuer, _ -> {});
  }

  static Map<String, Object> claims(String issuer, Consumer<Map<String, Object>> change) {
    long now = Instant.now().getEpochSecond();
    var claims = new HashMap<String, Object>();
    claims.put("iss", issuer);
    claims.put("sub", "somebody");
    claims.put("aud", List.of(AUDIENCE));
    claims.put("iat", now);
    claims.put("exp", now + 300);
    change.accept(claims);
    return claims;
  }

  /** The settings of an issuer whose keys are at a URL. */
  static IssuerProperties settings(
      String name, String uri, String keys, List<String> algorithms, String... subjects) {
    IssuerProperties defaults = IssuerProperties.of(uri, List.of(AUDIENCE));
    return new IssuerProperties(
        name,
        uri,
        keys,
        defaults.audiences(),
        algorithms,
        List.of(subjects).stream().map(SubjectRule::new).toList(),
        List.of(),
        List.of(),
        defaults.scopeClaims(),
        List.of(),
        defaults.clientIdClaims(),
        null);
  }

  static Issuers issuers(IssuerProperties... settings) {
    var builder =
        new IssuersBuilder(
            Duration.ofHours(12),
            "groups",
            TestClients.direct(),
            new SimpleMeterRegistry(),
            Clock.systemUTC());
    List.of(settings).forEach(issuer -> builder.add(issuer, null, null));
    return builder.build();
  }
}
