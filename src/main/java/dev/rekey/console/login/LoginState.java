package dev.rekey.console.login;

import dev.rekey.platform.crypto.DerivedKeys;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.security.jackson.SecurityJacksonModules;
import org.springframework.security.oauth2.client.web.AuthorizationRequestRepository;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps a login that has begun in an encrypted cookie of the browser. So a visitor without a login
 * writes nothing to the database.
 */
@Component
@ConditionalOnBooleanProperty("rekey.console.enabled")
final class LoginState implements AuthorizationRequestRepository<OAuth2AuthorizationRequest> {

  /** The attribute of the authorization request with the page to show after the login. */
  static final String PAGE = "rekey.page";

  private static final String PAGE_ATTRIBUTE = LoginState.class.getName() + ".page";
  private static final Duration KEEP = Duration.ofMinutes(15);

  private final JsonMapper json =
      JsonMapper.builder()
          .addModules(SecurityJacksonModules.getModules(LoginState.class.getClassLoader()))
          .build();
  private final EncryptedText text;
  private final String cookie;
  private final boolean isSecure;

  LoginState(ConsoleProperties properties, DerivedKeys keys) {
    this.text = new EncryptedText(keys, "rekey console login");
    this.isSecure = properties.isSecure();
    this.cookie = isSecure ? "__Host-rekey-login" : "rekey-login";
  }

  /** The page to show after the login of this request; empty if there is no such page. */
  static Optional<String> page(HttpServletRequest request) {
    return Optional.ofNullable((String) request.getAttribute(PAGE_ATTRIBUTE));
  }

  @Override
  public @Nullable OAuth2AuthorizationRequest loadAuthorizationRequest(HttpServletRequest request) {
    Cookie[] sent = request.getCookies();
    if (sent == null) {
      return null;
    }
    return Arrays.stream(sent)
        .filter(each -> each.getName().equals(cookie))
        .findFirst()
        .flatMap(each -> text.decrypt(each.getValue()))
        .map(this::read)
        .filter(begun -> Objects.equals(begun.getState(), request.getParameter("state")))
        .orElse(null);
  }

  private @Nullable OAuth2AuthorizationRequest read(String content) {
    try {
      return json.readValue(content, OAuth2AuthorizationRequest.class);
    } catch (JacksonException _) {
      // An earlier version of Rekey wrote it.
      return null;
    }
  }

  @Override
  public void saveAuthorizationRequest(
      @Nullable OAuth2AuthorizationRequest begun,
      HttpServletRequest request,
      HttpServletResponse response) {
    set(
        begun == null ? "" : text.encrypt(json.writeValueAsString(begun)),
        begun == null ? Duration.ZERO : KEEP,
        response);
  }

  @Override
  public @Nullable OAuth2AuthorizationRequest removeAuthorizationRequest(
      HttpServletRequest request, HttpServletResponse response) {
    OAuth2AuthorizationRequest begun = loadAuthorizationRequest(request);
    if (begun != null) {
      request.setAttribute(PAGE_ATTRIBUTE, begun.getAttribute(PAGE));
      set("", Duration.ZERO, response);
    }
    return begun;
  }

  private void set(String value, Duration age, HttpServletResponse response) {
    response.addHeader(
        HttpHeaders.SET_COOKIE,
        ResponseCookie.from(cookie, value)
            .path("/")
            .httpOnly(true)
            .secure(isSecure)
            .sameSite("Lax")
            .maxAge(age)
            .build()
            .toString());
  }
}
