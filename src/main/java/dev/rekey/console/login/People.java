package dev.rekey.console.login;

import dev.rekey.access.Person;
import dev.rekey.access.issuer.Issuer;
import dev.rekey.access.issuer.Issuers;
import dev.rekey.access.issuer.RefusedToken;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserRequest;
import org.springframework.security.oauth2.client.userinfo.OAuth2UserService;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.stereotype.Component;

/**
 * Reads who has logged in from the access token, which Rekey verifies like those of the API. So a
 * person has the same id, teams and scopes there.
 */
@Component
@ConditionalOnBooleanProperty("rekey.console.enabled")
final class People implements OAuth2UserService<OidcUserRequest, OidcUser> {

  private static final Logger log = LoggerFactory.getLogger(People.class);

  private final Issuers issuers;
  private final IdentityProvider provider;
  private final ConsoleProperties properties;
  private final Clock clock;

  People(Issuers issuers, IdentityProvider provider, ConsoleProperties properties, Clock clock) {
    this.issuers = issuers;
    this.provider = provider;
    this.properties = properties;
    this.clock = clock;
  }

  @Override
  public OidcUser loadUser(OidcUserRequest login) {
    Jwt token = verified(login.getAccessToken().getTokenValue());
    Issuer issuer = provider.issuer();
    return new PersonUser(
        new Person(
            issuer.principal(token),
            issuer.name(),
            issuer.clientId(token),
            issuer.teams(token),
            Set.copyOf(issuer.scopes(token)),
            login.getIdToken().getAuthenticatedAt(),
            end()),
        login.getIdToken());
  }

  private Instant end() {
    return clock.instant().plus(properties.lifetime());
  }

  private Jwt verified(String text) {
    try {
      Jwt token = issuers.decode(text);
      if (issuers.of(token).equals(provider.issuer())) {
        return token;
      }
      throw refused("it is another issuer's");
    } catch (RefusedToken e) {
      throw refused(String.valueOf(e.getMessage()));
    } catch (JwtException _) {
      throw new OAuth2AuthenticationException(new OAuth2Error(LoginFailure.UNAVAILABLE.code()));
    }
  }

  private static OAuth2AuthenticationException refused(String reason) {
    log.warn("The console's access token is not valid for Rekey: {}", reason);
    return new OAuth2AuthenticationException(new OAuth2Error(LoginFailure.NOT_FOR_REKEY.code()));
  }
}
