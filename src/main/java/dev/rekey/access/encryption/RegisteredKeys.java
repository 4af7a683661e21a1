package dev.rekey.access.encryption;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.rekey.access.encryption.EncryptionProperties.Team;
import dev.rekey.access.encryption.Recipient.UnusableKeyException;
import dev.rekey.access.issuer.KeyFetch;
import dev.rekey.access.issuer.KeyFetchException;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.upstream.http.OutgoingHttp;
import java.text.ParseException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/** The keys that teams have registered. Fetched keys are cached, and outlast a short outage. */
@Component
class RegisteredKeys {

  private static final Duration CACHED = Duration.ofMinutes(5);
  private static final Duration FETCHED_WITHIN = Duration.ofSeconds(5);
  private static final Duration OUTAGE = Duration.ofHours(1);

  /** So unknown key ids do not flood the server. */
  private static final Duration MIN_INTERVAL = Duration.ofSeconds(30);

  private final Map<String, TeamKeys> teams;

  /** Throws a {@link PropertyException} if a given key cannot be used. Fetches nothing yet. */
  RegisteredKeys(EncryptionProperties properties, OutgoingHttp http) {
    var all = new LinkedHashMap<String, TeamKeys>();
    for (int i = 0; i < properties.teams().size(); i++) {
      Team team = properties.teams().get(i);
      String name = team.qualifiedTeam();
      JWKSource<SecurityContext> source =
          StringUtils.hasText(team.keys())
              ? given(team.keys(), EncryptionProperties.property(i) + "keys")
              : fetched(name, Objects.requireNonNull(team.jwkSetUri()), http);
      all.put(name, new TeamKeys(name, team.required(), source));
    }
    this.teams = Map.copyOf(all);
  }

  /** Empty if the team has registered none. */
  Optional<TeamKeys> of(String team) {
    return Optional.ofNullable(teams.get(team));
  }

  private static JWKSource<SecurityContext> given(String json, String property) {
    JWKSet keys = parsed(json, property);
    var ids = new HashSet<String>();
    for (JWK key : keys.getKeys()) {
      try {
        Recipient.of(key);
      } catch (UnusableKeyException e) {
        throw new PropertyException(property, "has a key that " + e.getMessage());
      }
      if (!ids.add(key.getKeyID())) {
        throw new PropertyException(property, "has two keys with the same kid");
      }
    }
    return new ImmutableJWKSet<>(keys);
  }

  private static JWKSet parsed(String json, String property) {
    try {
      Map<String, Object> object = JSONObjectUtils.parse(json);
      JWKSet keys =
          object.containsKey("keys")
              ? JWKSet.parse(object)
              : new JWKSet(List.of(JWK.parse(object)));
      if (!keys.isEmpty()) {
        return keys;
      }
    } catch (ParseException _) {
      // Its message may quote a private key.
    }
    throw new PropertyException(property, "has to be a JWK, or a JWK set with a key, as JSON");
  }

  private static JWKSource<SecurityContext> fetched(String team, String uri, OutgoingHttp http) {
    return JWKSourceBuilder.create(new Fetched(new KeyFetch(team, uri, http)))
        .cache(CACHED.toMillis(), FETCHED_WITHIN.toMillis())
        .refreshAheadCache(false)
        .rateLimited(MIN_INTERVAL.toMillis())
        .outageTolerant(OUTAGE.toMillis())
        .build();
  }

  private record Fetched(KeyFetch fetch) implements JWKSetSource<SecurityContext> {

    @Override
    public JWKSet getJWKSet(
        JWKSetCacheRefreshEvaluator refresh, long now, @Nullable SecurityContext context)
        throws JWKSetUnavailableException {
      try {
        return fetch.fetch();
      } catch (KeyFetchException e) {
        throw new JWKSetUnavailableException(e.getMessage());
      }
    }

    @Override
    public void close() {}
  }
}
