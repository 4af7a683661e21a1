package dev.rekey.upstream.http;

import dev.rekey.upstream.http.EgressProxy.Hop;
import dev.rekey.upstream.http.EgressProxy.Login;
import io.netty.channel.ChannelOption;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.transport.ProxyProvider;
import reactor.util.context.Context;

/**
 * Creates the Reactor Netty clients of all outgoing calls, each for the host of one URL and through
 * its proxy, if any. They follow no redirects.
 */
@Component
public class OutgoingHttp {

  // Load balancers keep idle connections longer, so a call does not use one that is closed.
  private static final Duration MAX_IDLE = Duration.ofSeconds(20);

  private final EgressProxy proxies;

  OutgoingHttp(EgressProxy proxies) {
    this.proxies = proxies;
  }

  /** A client with its own pool of connections. */
  public HttpClient pooled(String name, URI url, int maxConnections, Duration connectTimeout) {
    return client(
        ConnectionProvider.builder(name)
            .maxConnections(maxConnections)
            .maxIdleTime(MAX_IDLE)
            .evictInBackground(MAX_IDLE)
            .build(),
        url,
        connectTimeout);
  }

  /** A client that opens a connection for each call. */
  public HttpClient unpooled(URI url, Duration connectTimeout) {
    return client(ConnectionProvider.newConnection(), url, connectTimeout);
  }

  private HttpClient client(ConnectionProvider connections, URI url, Duration connectTimeout) {
    HttpClient direct =
        HttpClient.create(connections)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis())
            .followRedirect(false)
            // Reactor Netty would resend a request after a stale connection, also a mint.
            .disableRetry(true);
    Hop proxy = proxies.find(url);
    return proxy == null ? direct : direct.proxy(spec -> configure(spec, proxy, connectTimeout));
  }

  private static void configure(ProxyProvider.TypeSpec spec, Hop proxy, Duration timeout) {
    ProxyProvider.Builder builder =
        spec.type(proxy.type())
            .host(proxy.host())
            .port(proxy.port())
            .connectTimeoutMillis(timeout.toMillis());
    Login login = proxy.login();
    if (login != null) {
      builder.username(login.user()).password(_ -> login.password().reveal());
    }
  }

  /** Ignores errors that arrive after a call's timeout, which Reactor would log. */
  public static Context dropLateErrors(Context context) {
    return context.put("reactor.onErrorDropped.local", (Consumer<Throwable>) _ -> {});
  }
}
