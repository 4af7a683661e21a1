package dev.rekey.upstream.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.platform.settings.PropertyException;
import dev.rekey.upstream.Secret;
import dev.rekey.upstream.http.EgressProxy.Hop;
import dev.rekey.upstream.http.EgressProxy.Login;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.mock.env.MockEnvironment;
import reactor.netty.transport.ProxyProvider;

class EgressProxyTest {

  private static final URI KEYCARD = URI.create("https://api.keycard.ai/x");

  private final MockEnvironment variables = new MockEnvironment();

  @AfterEach
  void clear() {
    List.of(
            "https.proxyHost",
            "https.proxyPort",
            "http.nonProxyHosts",
            "socksProxyHost",
            "socksProxyPort")
        .forEach(System::clearProperty);
  }

  @Test
  void settingPrecedesJvmAndJvmPrecedesVariables() {
    variables.setProperty("https_proxy", "http://variable:1");
    assertThat(host(proxy(null), KEYCARD)).isEqualTo("variable:1");

    System.setProperty("https.proxyHost", "jvm");
    System.setProperty("https.proxyPort", "2");
    assertThat(host(proxy(null), KEYCARD)).isEqualTo("jvm:2");

    assertThat(host(proxy("http://setting:3"), KEYCARD)).isEqualTo("setting:3");
  }

  @Test
  void exceptionsBelongToTheirProxy() {
    variables.setProperty("https_proxy", "http://variable:1");
    variables.setProperty("no_proxy", "api.keycard.ai");
    assertThat(proxy(null).find(KEYCARD)).isNull();
    assertThat(host(proxy("http://setting:3"), KEYCARD)).isEqualTo("setting:3");
    assertThat(proxy("http://setting:3", "keycard.ai").find(KEYCARD)).isNull();

    System.setProperty("https.proxyHost", "jvm");
    assertThat(host(proxy(null), KEYCARD)).isEqualTo("jvm:443");
    System.setProperty("http.nonProxyHosts", "*.keycard.ai");
    assertThat(proxy(null).find(KEYCARD)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*                      | https://api.keycard.ai   | true",
        "api.keycard.ai         | https://api.keycard.ai   | true",
        "KEYCARD.ai             | https://api.Keycard.ai   | true",
        ".keycard.ai            | https://api.keycard.ai   | true",
        "*.keycard.ai           | https://api.keycard.ai   | true",
        "keycard.ai:443         | https://api.keycard.ai   | true",
        "other.example, card.ai | https://api.keycard.ai   | false",
        "''                     | https://api.keycard.ai   | false",
        "10.0.0.0/8             | https://10.1.2.3         | true",
        "10.0.0.0/8             | https://11.1.2.3         | false",
        "10.0.0.0/8             | https://api.keycard.ai   | false",
        "fd00::/8               | https://[fd12::1]        | true",
        "fd12::1                | https://[fd12::1]:8443   | true",
      })
  void exceptionsAreDomainsAddressesAndNetworks(String exceptions, URI url, boolean direct) {
    variables.setProperty("https_proxy", "http://variable:1");
    variables.setProperty("no_proxy", exceptions);

    assertThat(proxy(null).find(url) == null).isEqualTo(direct);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://localhost:1", "https://127.0.0.1", "https://[::1]:8443"})
  void thisMachineIsCalledDirectly(URI url) {
    assertThat(proxy("http://setting:3").find(url)).isNull();
  }

  @Test
  void urlMayHaveALoginWithEncodedCharacters() {
    Hop hop = proxy("http://rekey:p%40ss@proxy.example.com:3128").find(KEYCARD);

    assertThat(hop).extracting(Hop::login).isEqualTo(new Login("rekey", Secret.of("p@ss")));
    assertThat(String.valueOf(hop)).contains("proxy.example.com").doesNotContain("p@ss");
  }

  @ParameterizedTest
  @CsvSource({
    "http://rekey@proxy, rekey, ''",
    "http://rekey:@proxy, rekey, ''",
    "http://rekey:a:b@proxy, rekey, a:b",
    "http://re%3Akey:%3A@proxy, re:key, :",
  })
  void passwordBeginsAfterTheFirstColonAndMayBeEmpty(String url, String user, String password) {
    assertThat(proxy(url).find(KEYCARD))
        .extracting(Hop::login)
        .isEqualTo(new Login(user, Secret.of(password)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://proxy:3128", "http://@proxy:3128"})
  void urlWithoutAUserHasNoLogin(String url) {
    assertThat(proxy(url).find(KEYCARD)).extracting(Hop::login).isNull();
  }

  @Test
  void socksProxyOfTheJvmIsUsed() {
    variables.setProperty("https_proxy", "http://variable:1");
    System.setProperty("socksProxyHost", "socks.example.com");
    assertThat(proxy(null).find(KEYCARD))
        .isEqualTo(new Hop(ProxyProvider.Proxy.SOCKS5, "socks.example.com", 1080, null));

    System.setProperty("socksProxyPort", "1081");
    assertThat(host(proxy(null), KEYCARD)).isEqualTo("socks.example.com:1081");
  }

  @ParameterizedTest
  @CsvSource({"HTTPS_PROXY, NO_PROXY", "https_proxy, no_proxy"})
  void variablesMayBeInUpperOrLowerCase(String proxyName, String exceptionsName) {
    variables
        .getPropertySources()
        .addFirst(
            new SystemEnvironmentPropertySource(
                "variables",
                Map.of(proxyName, "http://variable:1", exceptionsName, "other.example")));

    assertThat(host(proxy(null), KEYCARD)).isEqualTo("variable:1");
    assertThat(proxy(null).find(URI.create("https://other.example"))).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "https://proxy:3128",
    "socks5://proxy:1080",
    "http://",
    "http://canary:secret@pro xy",
    "http://canary%zz:secret@proxy"
  })
  void invalidUrlIsRefusedWithoutItsText(String url) {
    assertThatThrownBy(() -> proxy(url))
        .isInstanceOf(PropertyException.class)
        .hasMessageStartingWith("REKEY_EGRESS_PROXY (rekey.egress.proxy) has to be like")
        .hasMessageNotContaining("canary");
    variables.setProperty("https_proxy", url);
    assertThatThrownBy(() -> proxy(null))
        .isInstanceOf(PropertyException.class)
        .hasMessageStartingWith("HTTPS_PROXY (https_proxy) has to be like");
  }

  @Test
  void schemeOfAVariableMayBeMissing() {
    variables.setProperty("https_proxy", "proxy.example.com:3128");

    assertThat(host(proxy(null), KEYCARD)).isEqualTo("proxy.example.com:3128");
    assertThat(proxy(null).find(URI.create("http://api.keycard.ai"))).isNull();
  }

  private EgressProxy proxy(@Nullable String setting, String... exceptions) {
    var properties =
        new EgressProperties(setting == null ? null : Secret.of(setting), List.of(exceptions));
    return new EgressProxy(properties, variables);
  }

  private static String host(EgressProxy proxy, URI url) {
    Hop hop = Objects.requireNonNull(proxy.find(url));
    return hop.host() + ":" + hop.port();
  }
}
