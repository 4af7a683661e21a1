package dev.rekey.console.login;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Makes the authorization request of a login, with PKCE. Asks for the time of the login, too: an
 * issuer says it if the request has {@code max_age} (OpenID Connect Core, 2).
 */
@Component
@ConditionalOnBooleanProperty("rekey.console.enabled")
public final class LoginRequests implements OAuth2AuthorizationRequestResolver {

  static final String BASE = "/console/login/to";
  private static final String PATH = BASE + "/" + IdentityProvider.ID;
  private static final String PAGE = "page";
  private static final String FRESH = "fresh";

  // A page of the console, so no login leads to another site. Without quotes and backslashes, which
  // need two characters in the cookie of the login.
  private static final Pattern OWN_PAGE =
      Pattern.compile("/console(/(?!\\.)[A-Za-z0-9._~%-]*)*(\\?[\\x21\\x23-\\x5B\\x5D-\\x7E]*)?");

  /** The characters of the longest page to which a login leads. Its cookie has to fit. */
  static final int MAX_PAGE = 1_500;

  private final DefaultOAuth2AuthorizationRequestResolver standard;
  private final ConsoleProperties properties;

  LoginRequests(ClientRegistrationRepository clients, ConsoleProperties properties) {
    this.standard = new DefaultOAuth2AuthorizationRequestResolver(clients, BASE);
    this.properties = properties;
    standard.setAuthorizationRequestCustomizer(OAuth2AuthorizationRequestCustomizers.withPkce());
  }

  /**
   * The path that begins a login, without the prefix of a proxy.
   *
   * @param page the path and query to show after the login, without that prefix
   * @param isFresh whether a login that is older than {@code fresh-for} does not suffice
   */
  public static String path(String page, boolean isFresh) {
    var path = UriComponentsBuilder.fromPath(PATH).queryParam(PAGE, "{page}");
    if (isFresh) {
      path.queryParam(FRESH, true);
    }
    return path.encode().buildAndExpand(page).toUriString();
  }

  @Override
  public @Nullable OAuth2AuthorizationRequest resolve(HttpServletRequest request) {
    return extended(standard.resolve(request), request);
  }

  @Override
  public @Nullable OAuth2AuthorizationRequest resolve(
      HttpServletRequest request, String registration) {
    return extended(standard.resolve(request, registration), request);
  }

  private @Nullable OAuth2AuthorizationRequest extended(
      @Nullable OAuth2AuthorizationRequest made, HttpServletRequest request) {
    if (made == null) {
      return null;
    }
    Duration maxAge =
        request.getParameter(FRESH) == null ? properties.lifetime() : properties.freshFor();
    var extended = OAuth2AuthorizationRequest.from(made);
    extended.additionalParameters(
        parameters -> {
          parameters.put("max_age", Long.toString(maxAge.toSeconds()));
          parameters.putAll(properties.parameters());
        });
    page(request)
        .ifPresent(
            page -> extended.attributes(attributes -> attributes.put(LoginState.PAGE, page)));
    return extended.build();
  }

  private static Optional<String> page(HttpServletRequest request) {
    return Optional.ofNullable(request.getParameter(PAGE))
        .filter(page -> page.length() <= MAX_PAGE && OWN_PAGE.matcher(page).matches());
  }
}
