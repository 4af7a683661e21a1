package dev.rekey.console.login;

import dev.rekey.access.issuer.Issuer;
import dev.rekey.access.issuer.Issuers;
import dev.rekey.access.issuer.KeyFetch;
import dev.rekey.access.issuer.KeyFetchException;
import dev.rekey.platform.settings.ConfigTreeReloader;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.upstream.Secret;
import dev.rekey.upstream.http.OutgoingHttp;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.stereotype.Component;

/**
 * The issuer at which people log in, and the console's client there. Fetches the issuer's metadata
 * when somebody first logs in, and again after an hour.
 */
@Component
@ConditionalOnBooleanProperty("rekey.console.enabled")
final class IdentityProvider implements ClientRegistrationRepository {

  /** The id of the only registration. */
  static final String ID = "issuer";

  static final String REDIRECT_PATH = "/console/login/code";

  private static final Logger log = LoggerFactory.getLogger(IdentityProvider.class);
  private static final List<String> ENDPOINTS =
      List.of("authorization_endpoint", "token_endpoint", "end_session_endpoint");

  private static final Duration KEEP = Duration.ofHours(1);

  private final ConsoleProperties properties;
  private final Issuer issuer;
  private final KeyFetch fetch;
  private final Clock clock;
  private volatile @Nullable Secret clientSecret;
  private volatile @Nullable Metadata known;

  private record Metadata(Map<String, Object> fields, Instant fetchedAt) {}

  IdentityProvider(
      ConsoleProperties properties,
      Issuers issuers,
      OutgoingHttp http,
      ConfigTreeReloader files,
      Clock clock) {
    this.properties = properties;
    this.issuer =
        issuers
            .named(properties.issuer())
            .orElseThrow(
                () ->
                    new PropertyException(
                        "rekey.console.issuer",
                        "has to be the name of a trusted issuer: one of " + issuers.names()));
    this.fetch = new KeyFetch(issuer.uri(), null, http);
    this.clock = clock;
    this.clientSecret = properties.clientSecret();
    files.subscribe(
        ConsoleProperties.class,
        List.of("client-secret"),
        changed -> clientSecret = changed.clientSecret());
  }

  Issuer issuer() {
    return issuer;
  }

  /**
   * The console's client.
   *
   * @throws AuthenticationServiceException if the issuer's metadata is unavailable
   */
  ClientRegistration registration() {
    Map<String, Object> metadata = metadata();
    Secret secret = clientSecret;
    ClientRegistration.Builder client;
    try {
      client = ClientRegistrations.fromOidcConfiguration(metadata);
    } catch (IllegalArgumentException | IllegalStateException _) {
      throw new AuthenticationServiceException("the issuer's metadata is incomplete");
    }
    if (secret == null) {
      client.clientAuthenticationMethod(ClientAuthenticationMethod.NONE);
    } else {
      client.clientSecret(secret.reveal());
    }
    return client
        .registrationId(ID)
        .clientId(Objects.requireNonNull(properties.clientId()))
        .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
        .redirectUri(properties.baseUrl() + REDIRECT_PATH)
        .scope(properties.scopes())
        .build();
  }

  @Override
  public @Nullable ClientRegistration findByRegistrationId(String id) {
    return id.equals(ID) ? registration() : null;
  }

  /** Where a person logs out of the issuer; empty if the issuer does not say, or is unavailable. */
  Optional<String> logoutUrl() {
    try {
      return Optional.ofNullable(metadata().get("end_session_endpoint")).map(Object::toString);
    } catch (AuthenticationServiceException _) {
      return Optional.empty();
    }
  }

  /** Fetches the metadata before somebody needs it, so that every replica knows the origins. */
  @Scheduled(fixedDelay = 1, timeUnit = TimeUnit.HOURS)
  void refresh() {
    try {
      metadata();
    } catch (AuthenticationServiceException e) {
      log.debug("The next login fetches the metadata of the issuer", e);
    }
  }

  /** The origins to which a form of the console may lead: those of the issuer, if known. */
  List<String> origins() {
    Metadata metadata = known;
    return metadata == null
        ? List.of()
        : ENDPOINTS.stream()
            .map(name -> metadata.fields().get(name))
            .filter(Objects::nonNull)
            .flatMap(url -> origin(url.toString()).stream())
            .distinct()
            .toList();
  }

  private static Optional<String> origin(String url) {
    try {
      URI parsed = URI.create(url);
      return parsed.getHost() == null
          ? Optional.empty()
          : Optional.of(parsed.getScheme() + "://" + parsed.getAuthority());
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  // These get the client's secret, the code and the ID token.
  private Map<String, Object> secure(Map<String, Object> metadata) throws KeyFetchException {
    if (issuer.uri().startsWith("https:")
        && ENDPOINTS.stream()
            .map(metadata::get)
            .anyMatch(url -> url != null && !url.toString().startsWith("https:"))) {
      throw new KeyFetchException("an endpoint in its metadata is not https");
    }
    return metadata;
  }

  private Map<String, Object> metadata() {
    Metadata last = known;
    Instant now = clock.instant();
    if (last != null && now.isBefore(last.fetchedAt().plus(KEEP))) {
      return last.fields();
    }
    try {
      var fetched = new Metadata(secure(fetch.metadata()), now);
      known = fetched;
      return fetched.fields();
    } catch (KeyFetchException e) {
      if (last != null) {
        log.warn("The metadata of the issuer {} is old: {}", issuer.uri(), e.getMessage());
        return last.fields();
      }
      log.warn("Nobody can log in at the console: the issuer {}: {}", issuer.uri(), e.getMessage());
      throw new AuthenticationServiceException("the issuer's metadata is unavailable");
    }
  }
}
