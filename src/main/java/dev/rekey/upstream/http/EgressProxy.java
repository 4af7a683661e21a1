package dev.rekey.upstream.http;

import dev.rekey.platform.settings.PropertyException;
import dev.rekey.platform.settings.SecureUrl;
import dev.rekey.upstream.Secret;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.security.web.util.matcher.IpAddressMatcher;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;
import org.springframework.web.util.UriUtils;
import reactor.netty.transport.ProxyProvider;

/**
 * Chooses the proxy for a URL by the first of these that names one: {@code rekey.egress}, the JVM's
 * properties ({@code https.proxyHost} and so on), {@code HTTPS_PROXY} with {@code NO_PROXY}. This
 * machine is never called through a proxy.
 */
@Component
final class EgressProxy {

  private final EgressProperties properties;
  private final Environment environment;

  EgressProxy(EgressProperties properties, Environment environment) {
    this.properties = properties;
    this.environment = environment;
    // Refuses an invalid variable at the start.
    byVariable("https");
  }

  record Login(String user, Secret password) {}

  /** A proxy; an HTTP one is asked to {@code CONNECT}. */
  record Hop(ProxyProvider.Proxy type, String host, int port, @Nullable Login login) {

    private static final int DEFAULT_PORT = 80;

    /** Null for a blank text. Throws a {@link PropertyException}, which never has the text. */
    static @Nullable Hop parse(String property, String text) {
      if (text.isBlank()) {
        return null;
      }
      try {
        var url = new URI(text.contains("://") ? text.strip() : "http://" + text.strip());
        if (url.getHost() != null && "http".equals(url.getScheme())) {
          return new Hop(
              ProxyProvider.Proxy.HTTP,
              bare(url.getHost()),
              url.getPort() < 0 ? DEFAULT_PORT : url.getPort(),
              login(url.getRawUserInfo()));
        }
      } catch (URISyntaxException | IllegalArgumentException e) {
        // Dropped, because its message quotes the text.
      }
      throw new PropertyException(
          property,
          "has to be like http://proxy.example.com:3128 or http://user:password@host:3128");
    }

    // A user without a colon has an empty password, as with curl.
    private static @Nullable Login login(@Nullable String userInfo) {
      if (userInfo == null || userInfo.isEmpty()) {
        return null;
      }
      int colon = userInfo.indexOf(':');
      return colon < 0
          ? new Login(decoded(userInfo), Secret.of(""))
          : new Login(
              decoded(userInfo.substring(0, colon)),
              Secret.of(decoded(userInfo.substring(colon + 1))));
    }

    private static String decoded(String text) {
      return UriUtils.decode(text, StandardCharsets.UTF_8);
    }
  }

  /** Null if the URL is called directly. */
  @Nullable Hop find(URI url) {
    if (SecureUrl.isOfThisMachine(url)) {
      return null;
    }
    Hop own = properties.hop();
    if (own != null) {
      return isExcepted(url, properties.noProxy().stream()) ? null : own;
    }
    if (Stream.of(url.getScheme() + ".proxyHost", "socksProxyHost")
        .anyMatch(name -> StringUtils.hasText(System.getProperty(name)))) {
      return byJvm(url);
    }
    Stream<String> exceptions = Stream.of(environment.getProperty("no_proxy", "").split(",", -1));
    return isExcepted(url, exceptions) ? null : byVariable(url.getScheme());
  }

  private @Nullable Hop byVariable(String scheme) {
    String name = scheme + "_proxy";
    return Hop.parse(name, environment.getProperty(name, ""));
  }

  private static @Nullable Hop byJvm(URI url) {
    Proxy proxy = ProxySelector.getDefault().select(url).getFirst();
    return proxy.address() instanceof InetSocketAddress address
        ? new Hop(
            proxy.type() == Proxy.Type.SOCKS
                ? ProxyProvider.Proxy.SOCKS5
                : ProxyProvider.Proxy.HTTP,
            address.getHostString(),
            address.getPort(),
            null)
        : null;
  }

  private static boolean isExcepted(URI url, Stream<String> exceptions) {
    String host = bare(String.valueOf(url.getHost()).toLowerCase(Locale.ROOT));
    return exceptions
        .map(exception -> exception.strip().toLowerCase(Locale.ROOT))
        .filter(exception -> !exception.isEmpty())
        .anyMatch(exception -> covers(exception, host));
  }

  // A domain includes its subdomains. A port does not matter.
  private static boolean covers(String exception, String host) {
    if (exception.contains("/") || exception.indexOf(':') != exception.lastIndexOf(':')) {
      return isInNetwork(bare(exception), host);
    }
    String domain = exception.replaceFirst("^\\*?\\.", "").replaceFirst(":\\d+$", "");
    return domain.equals("*") || host.equals(domain) || host.endsWith("." + domain);
  }

  private static boolean isInNetwork(String network, String host) {
    try {
      return new IpAddressMatcher(network).matches(host);
    } catch (IllegalArgumentException e) {
      // The host is a name.
      return false;
    }
  }

  private static String bare(String host) {
    return host.replaceAll("[\\[\\]]", "");
  }
}
