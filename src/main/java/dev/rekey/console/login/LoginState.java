package dev.rekey.console.login;

import dev.rekey.platform.crypto.DerivedKeys;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.AuthorizationRequestRepository;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.endpoint.PkceParameterNames;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps the state of each incomplete login in an encrypted cookie. A visitor without a login writes
 * nothing to the database. Each login has its own cookie, so people can log in in several tabs.
 *
 * <p>All requests of the browser have these cookies, and the headers of a request are limited. So
 * the oldest ones are deleted when there are too many, or when they are too long together.
 */
@Component
@ConditionalOnBooleanProperty("rekey.console.enabled")
final class LoginState implements AuthorizationRequestRepository<OAuth2AuthorizationRequest> {

  /** The attribute of the authorization request with the page to show after the login. */
  static final String PAGE = "rekey.page";

  /** The maximum number of incomplete logins in a browser. */
  static final int MOST = 5;

  /**
   * The maximum length of their cookies together, in characters, names included. Browsers refuse a
   * single cookie of more than 4,096 bytes.
   */
  static final int MAX_LENGTH = 3_500;

  private static final String PAGE_ATTRIBUTE = LoginState.class.getName() + ".page";
  private static final Duration KEEP = Duration.ofMinutes(15);
  private static final JsonMapper JSON = JsonMapper.shared();

  private final ClientRegistrationRepository clients;
  private final EncryptedText text;
  private final String prefix;
  private final boolean isSecure;

  /**
   * The state of an incomplete login. The rest of its authorization request comes from the settings
   * of the console and the metadata of the issuer.
   *
   * @param page the page to show after the login; null for the overview
   */
  private record Begun(String state, String nonce, String codeVerifier, @Nullable String page) {}

  LoginState(ConsoleProperties properties, ClientRegistrationRepository clients, DerivedKeys keys) {
    this.clients = clients;
    this.text = new EncryptedText(keys, "rekey console login");
    this.isSecure = properties.isSecure();
    this.prefix = isSecure ? "__Host-rekey-login-" : "rekey-login-";
  }

  /** The page to show after the login of this request; empty if there is no such page. */
  static Optional<String> page(HttpServletRequest request) {
    return Optional.ofNullable((String) request.getAttribute(PAGE_ATTRIBUTE));
  }

  @Override
  public @Nullable OAuth2AuthorizationRequest loadAuthorizationRequest(HttpServletRequest request) {
    String state = request.getParameter(OAuth2ParameterNames.STATE);
    return state == null
        ? null
        : begun(request)
            .filter(cookie -> cookie.getName().equals(name(state)))
            .flatMap(cookie -> text.decrypt(cookie.getValue()).stream())
            .flatMap(content -> read(content).stream())
            .filter(begun -> begun.state().equals(state))
            .findFirst()
            .map(this::request)
            .orElse(null);
  }

  /** The cookies of incomplete logins. Browsers send the oldest first (RFC 6265, 5.4). */
  private Stream<Cookie> begun(HttpServletRequest request) {
    Cookie[] sent = request.getCookies();
    return sent == null
        ? Stream.empty()
        : Arrays.stream(sent).filter(cookie -> cookie.getName().startsWith(prefix));
  }

  private String name(String state) {
    return prefix + Integer.toHexString(state.hashCode());
  }

  private Optional<Begun> read(String content) {
    try {
      return Optional.of(JSON.readValue(content, Begun.class));
    } catch (JacksonException _) {
      // Another version of Rekey wrote it.
      return Optional.empty();
    }
  }

  private OAuth2AuthorizationRequest request(Begun begun) {
    ClientRegistration client =
        Objects.requireNonNull(clients.findByRegistrationId(IdentityProvider.ID));
    var attributes = new HashMap<String, Object>();
    attributes.put(OAuth2ParameterNames.REGISTRATION_ID, IdentityProvider.ID);
    attributes.put(OidcParameterNames.NONCE, begun.nonce());
    attributes.put(PkceParameterNames.CODE_VERIFIER, begun.codeVerifier());
    if (begun.page() != null) {
      attributes.put(PAGE, begun.page());
    }
    return OAuth2AuthorizationRequest.authorizationCode()
        .authorizationUri(Objects.requireNonNull(client.getProviderDetails().getAuthorizationUri()))
        .clientId(client.getClientId())
        .redirectUri(client.getRedirectUri())
        .scopes(client.getScopes())
        .state(begun.state())
        .attributes(own -> own.putAll(attributes))
        .build();
  }

  @Override
  public void saveAuthorizationRequest(
      @Nullable OAuth2AuthorizationRequest made,
      HttpServletRequest request,
      HttpServletResponse response) {
    if (made == null) {
      removeAuthorizationRequest(request, response);
      return;
    }
    String state = Objects.requireNonNull(made.getState());
    String value =
        text.encrypt(
            JSON.writeValueAsString(
                new Begun(
                    state,
                    Objects.requireNonNull(made.getAttribute(OidcParameterNames.NONCE)),
                    Objects.requireNonNull(made.getAttribute(PkceParameterNames.CODE_VERIFIER)),
                    made.getAttribute(PAGE))));
    deleteOldest(request, response, MOST - 1, MAX_LENGTH - name(state).length() - value.length());
    set(name(state), value, KEEP, response);
  }

  /** Leaves at most so many cookies, of at most so many characters together. */
  private void deleteOldest(
      HttpServletRequest request, HttpServletResponse response, int most, int length) {
    int left = length;
    int kept = 0;
    for (Cookie cookie : begun(request).toList().reversed()) {
      left -= cookie.getName().length() + cookie.getValue().length();
      kept++;
      if (kept > most || left < 0) {
        set(cookie.getName(), "", Duration.ZERO, response);
      }
    }
  }

  @Override
  public @Nullable OAuth2AuthorizationRequest removeAuthorizationRequest(
      HttpServletRequest request, HttpServletResponse response) {
    OAuth2AuthorizationRequest begun = loadAuthorizationRequest(request);
    if (begun != null) {
      request.setAttribute(PAGE_ATTRIBUTE, begun.getAttribute(PAGE));
      set(name(Objects.requireNonNull(begun.getState())), "", Duration.ZERO, response);
    }
    return begun;
  }

  private void set(String name, String value, Duration age, HttpServletResponse response) {
    response.addHeader(
        HttpHeaders.SET_COOKIE,
        ResponseCookie.from(name, value)
            .path("/")
            .httpOnly(true)
            .secure(isSecure)
            .sameSite("Lax")
            .maxAge(age)
            .build()
            .toString());
  }
}
