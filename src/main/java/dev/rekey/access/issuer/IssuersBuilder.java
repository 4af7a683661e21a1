package dev.rekey.access.issuer;

import com.github.benmanes.caffeine.cache.Ticker;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import dev.rekey.upstream.http.OutgoingHttp;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.security.converter.RsaKeyConverters;

/** Builds the issuers from their settings. */
public final class IssuersBuilder {

  private final Duration keepKeys;
  private final String teamClaim;
  private final OutgoingHttp http;
  private final MeterRegistry meters;
  private final Clock clock;
  private final List<Entry> entries = new ArrayList<>();

  private record Entry(IssuerProperties issuer, ClaimMapping claims, KeySource keys) {}

  /**
   * @param keepKeys how long fetched keys may be used
   * @param teamClaim the claim of teams where an issuer names none
   */
  public IssuersBuilder(
      Duration keepKeys, String teamClaim, OutgoingHttp http, MeterRegistry meters, Clock clock) {
    this.keepKeys = keepKeys;
    this.teamClaim = teamClaim;
    this.http = http;
    this.meters = meters;
    this.clock = clock;
  }

  /**
   * Adds an issuer. Fetches nothing yet. Throws if a URL or the public key is malformed.
   *
   * @param subjectClaim the claim that identifies a caller; null for {@code sub}
   * @param publicKey its only key, as PEM; null to fetch its keys
   */
  public void add(
      IssuerProperties issuer, @Nullable String subjectClaim, @Nullable String publicKey) {
    ClaimMapping claims = ClaimMapping.of(issuer, teamClaim);
    entries.add(
        new Entry(
            issuer,
            subjectClaim == null ? claims : claims.withSubjectClaim(subjectClaim),
            publicKey == null ? fetched(issuer) : fixed(publicKey)));
  }

  private KeySource fetched(IssuerProperties issuer) {
    var fetch = new KeyFetch(issuer.issuerUri(), issuer.jwkSetUri(), http);
    return new IssuerKeys(issuer.name(), keepKeys, fetch::fetch, meters, Ticker.systemTicker());
  }

  // Whatever the token's kid is.
  private static KeySource fixed(String pem) {
    RSAPublicKey key =
        RsaKeyConverters.x509()
            .convert(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    List<JWK> keys = List.of(new RSAKey.Builder(Objects.requireNonNull(key)).build());
    return _ -> keys;
  }

  /** The issuers, which know each other's names. */
  public Issuers build() {
    Set<String> names =
        entries.stream().map(entry -> entry.issuer().name()).collect(Collectors.toSet());
    var byUri = new LinkedHashMap<String, Issuer>();
    entries.forEach(entry -> byUri.put(entry.issuer().issuerUri(), issuer(entry, names)));
    return new Issuers(byUri, Ticker.systemTicker());
  }

  private Issuer issuer(Entry entry, Set<String> names) {
    IssuerProperties settings = entry.issuer();
    var reserved = new HashSet<String>();
    if (settings.name().equals(Issuer.DEFAULT)) {
      reserved.addAll(names);
      reserved.remove(Issuer.DEFAULT);
    }
    return new Issuer(
        settings.name(),
        settings.issuerUri(),
        Set.copyOf(settings.algorithms()),
        entry.keys(),
        new TokenRules(
            settings.audiences(),
            settings.subjects(),
            entry.claims(),
            Set.copyOf(reserved),
            clock));
  }
}
