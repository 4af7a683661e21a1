package dev.rekey.console.login;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.platform.crypto.DerivedKeys;
import dev.rekey.platform.crypto.Sha256;
import jakarta.servlet.http.Cookie;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;

class LoginStateTest {

  private static final DerivedKeys KEYS =
      (algorithm, purpose) ->
          new SecretKeySpec(Sha256.digest().digest(purpose.getBytes(UTF_8)), algorithm);

  private static final OAuth2AuthorizationRequest BEGUN =
      OAuth2AuthorizationRequest.authorizationCode()
          .authorizationUri("https://issuer.example/authorize")
          .clientId("console")
          .redirectUri("https://rekey.example/console/login/code")
          .scope("openid", "audit:read")
          .state("state-1")
          .attributes(
              attributes ->
                  attributes.putAll(Map.of("code_verifier", "v", LoginState.PAGE, "/console?x=1")))
          .additionalParameters(parameters -> parameters.put("max_age", "600"))
          .build();

  private final LoginState state = state("https://rekey.example");

  @Test
  void aLoginIsFoundAgainByItsCookieAndState() {
    var request = callback(cookie(), "state-1");

    OAuth2AuthorizationRequest found =
        state.removeAuthorizationRequest(request, new MockHttpServletResponse());

    assertThat(found).usingRecursiveComparison().isEqualTo(BEGUN);
    assertThat(LoginState.page(request)).contains("/console?x=1");
  }

  @Test
  void theCookieIsOfThisHostOnlyAndHasNothingToRead() {
    Cookie cookie = cookie();

    assertThat(cookie.getName()).isEqualTo("__Host-rekey-login");
    assertThat(cookie.getSecure()).isTrue();
    assertThat(cookie.isHttpOnly()).isTrue();
    assertThat(cookie.getPath()).isEqualTo("/");
    assertThat(cookie.getValue()).doesNotContain("console", "state-1");
  }

  @Test
  void anotherStateFindsNothing() {
    assertThat(state.loadAuthorizationRequest(callback(cookie(), "state-2"))).isNull();
  }

  @Test
  void aChangedCookieFindsNothing() {
    Cookie cookie = cookie();
    cookie.setValue(cookie.getValue().replaceFirst(".$", "!"));

    assertThat(state.loadAuthorizationRequest(callback(cookie, "state-1"))).isNull();
  }

  private Cookie cookie() {
    var response = new MockHttpServletResponse();
    state.saveAuthorizationRequest(BEGUN, new MockHttpServletRequest(), response);
    return Objects.requireNonNull(response.getCookies()[0]);
  }

  private static MockHttpServletRequest callback(Cookie cookie, String value) {
    var request = new MockHttpServletRequest();
    request.setCookies(cookie);
    request.setParameter("state", value);
    return request;
  }

  private static LoginState state(String url) {
    return new LoginState(
        new ConsoleProperties(
            true,
            url,
            "default",
            "console",
            null,
            List.of("openid"),
            Map.of(),
            Duration.ofMinutes(30),
            Duration.ofHours(8),
            Duration.ofMinutes(10)),
        KEYS);
  }
}
