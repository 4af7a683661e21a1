package dev.rekey.upstream.http;

import dev.rekey.platform.settings.PropertyException;
import dev.rekey.upstream.Secret;
import dev.rekey.upstream.http.EgressProxy.Hop;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The proxy of all outgoing calls over HTTP.
 *
 * @param proxy the proxy's URL, which may contain a password; default none, see {@link EgressProxy}
 * @param noProxy hosts that are called directly, as in {@code NO_PROXY}; default none
 */
@ConfigurationProperties("rekey.egress")
record EgressProperties(@Nullable Secret proxy, @DefaultValue List<String> noProxy) {

  /** Throws a {@link PropertyException} if the URL is invalid. */
  EgressProperties {
    hop(proxy);
  }

  @Nullable Hop hop() {
    return hop(proxy);
  }

  private static @Nullable Hop hop(@Nullable Secret proxy) {
    return proxy == null ? null : Hop.parse("rekey.egress.proxy", proxy.reveal());
  }
}
