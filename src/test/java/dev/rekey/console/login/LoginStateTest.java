package dev.rekey.console.login;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.platform.crypto.DerivedKeys;
import dev.rekey.platform.crypto.Sha256;
import jakarta.servlet.http.Cookie;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;

class LoginStateTest {

  private static final DerivedKeys KEYS =
      (algorithm, purpose) ->
          new SecretKeySpec(Sha256.digest().digest(purpose.getBytes(UTF_8)), algorithm);

  private static final ClientRegistration CLIENT =
      ClientRegistration.withRegistrationId(IdentityProvider.ID)
          .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
          .clientId("console")
          .redirectUri("https://rekey.example/console/login/code")
          .scope("openid", "audit:read")
          .authorizationUri("https://issuer.example/authorize")
          .tokenUri("https://issuer.example/token")
          .jwkSetUri("https://issuer.example/keys")
          .build();

  private static final ConsoleProperties PROPERTIES =
      new ConsoleProperties(
          true,
          "https://rekey.example",
          "default",
          "console",
          null,
          List.of("openid"),
          Map.of(),
          Duration.ofMinutes(30),
          Duration.ofHours(8),
          Duration.ofMinutes(10));

  private final LoginState state =
      new LoginState(PROPERTIES, new InMemoryClientRegistrationRepository(CLIENT), KEYS);

  /** The browser's, the oldest first. */
  private final Map<String, Cookie> cookies = new LinkedHashMap<>();

  @Test
  void aLoginIsFoundAgainByItsCookieAndState() {
    OAuth2AuthorizationRequest begun = begin("/console?x=1");
    var request = callback(begun);

    OAuth2AuthorizationRequest found =
        state.removeAuthorizationRequest(request, new MockHttpServletResponse());

    assertThat(found)
        .usingRecursiveComparison()
        .ignoringFields("authorizationRequestUri", "additionalParameters")
        .isEqualTo(begun);
    assertThat(LoginState.page(request)).contains("/console?x=1");
  }

  @Test
  void aLoginOfAnotherTabIsFoundToo() {
    OAuth2AuthorizationRequest first = begin("/console/history");
    OAuth2AuthorizationRequest second = begin("/console/findings");
    var ofFirst = callback(first);
    var ofSecond = callback(second);

    assertThat(state.removeAuthorizationRequest(ofFirst, new MockHttpServletResponse()))
        .isNotNull();
    assertThat(state.removeAuthorizationRequest(ofSecond, new MockHttpServletResponse()))
        .isNotNull();
    assertThat(LoginState.page(ofFirst)).contains("/console/history");
    assertThat(LoginState.page(ofSecond)).contains("/console/findings");
  }

  @Test
  void theOldestLoginsAreForgottenIfThereAreTooMany() {
    List<OAuth2AuthorizationRequest> begun =
        IntStream.rangeClosed(0, LoginState.MOST).mapToObj(each -> begin("/console")).toList();

    assertThat(begun.stream().map(this::find))
        .extracting(Objects::nonNull)
        .containsExactly(false, true, true, true, true, true);
  }

  @Test
  void theCookiesFitIntoTheHeadersOfARequest() {
    String longest = "/console?" + "x".repeat(LoginRequests.MAX_PAGE - "/console?".length());
    OAuth2AuthorizationRequest first = begin(longest);
    OAuth2AuthorizationRequest second = begin(longest);

    assertThat(find(first)).isNull();
    assertThat(find(second)).isNotNull();
    assertThat(
            cookies.values().stream()
                .mapToInt(each -> each.getName().length() + each.getValue().length())
                .sum())
        .isLessThan(LoginState.MAX_LENGTH);
  }

  @Test
  void theCookieIsOfThisHostOnlyAndHasNothingToRead() {
    OAuth2AuthorizationRequest begun = begin("/console");
    Cookie cookie = cookies.values().iterator().next();

    assertThat(cookie.getName()).startsWith("__Host-rekey-login-");
    assertThat(cookie.getSecure()).isTrue();
    assertThat(cookie.isHttpOnly()).isTrue();
    assertThat(cookie.getPath()).isEqualTo("/");
    assertThat(cookie.getValue()).doesNotContain("console", begun.getState());
  }

  @Test
  void anotherStateFindsNothing() {
    begin("/console");

    assertThat(find(made("/console"))).isNull();
  }

  @Test
  void aChangedCookieFindsNothing() {
    OAuth2AuthorizationRequest begun = begin("/console");
    cookies.values().forEach(each -> each.setValue(each.getValue().replaceFirst(".$", "!")));

    assertThat(find(begun)).isNull();
  }

  /** Begins a login in another tab of the same browser. */
  private OAuth2AuthorizationRequest begin(String page) {
    OAuth2AuthorizationRequest begun = made(page);
    var response = new MockHttpServletResponse();
    state.saveAuthorizationRequest(begun, browser(), response);
    for (Cookie cookie : response.getCookies()) {
      if (cookie.getMaxAge() == 0) {
        cookies.remove(cookie.getName());
      } else {
        cookies.put(cookie.getName(), cookie);
      }
    }
    return begun;
  }

  private @Nullable OAuth2AuthorizationRequest find(OAuth2AuthorizationRequest begun) {
    return state.loadAuthorizationRequest(callback(begun));
  }

  private static OAuth2AuthorizationRequest made(String page) {
    var request = new MockHttpServletRequest("GET", LoginRequests.BASE + "/issuer");
    request.setServletPath(LoginRequests.BASE + "/issuer");
    request.setParameter("page", page);
    return Objects.requireNonNull(
        new LoginRequests(new InMemoryClientRegistrationRepository(CLIENT), PROPERTIES)
            .resolve(request));
  }

  private MockHttpServletRequest callback(OAuth2AuthorizationRequest begun) {
    MockHttpServletRequest request = browser();
    request.setParameter("state", Objects.requireNonNull(begun.getState()));
    return request;
  }

  private MockHttpServletRequest browser() {
    var request = new MockHttpServletRequest();
    request.setCookies(cookies.values().toArray(Cookie[]::new));
    return request;
  }
}
