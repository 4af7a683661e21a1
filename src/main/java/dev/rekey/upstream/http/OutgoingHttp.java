package dev.rekey.upstream.http;

import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.function.Consumer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.util.context.Context;

/** Configures the Reactor Netty clients of outgoing calls. They follow no redirects. */
public final class OutgoingHttp {

  // Load balancers keep idle connections longer, so a call does not use one that is closed.
  private static final Duration MAX_IDLE = Duration.ofSeconds(20);

  private OutgoingHttp() {}

  /** A client with its own pool of connections. */
  public static HttpClient pooled(String name, int maxConnections, Duration connectTimeout) {
    return configured(
        ConnectionProvider.builder(name)
            .maxConnections(maxConnections)
            .maxIdleTime(MAX_IDLE)
            .evictInBackground(MAX_IDLE)
            .build(),
        connectTimeout);
  }

  /** A client that opens a connection for each call. */
  static HttpClient unpooled(Duration connectTimeout) {
    return configured(ConnectionProvider.newConnection(), connectTimeout);
  }

  private static HttpClient configured(ConnectionProvider connections, Duration connectTimeout) {
    return HttpClient.create(connections)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis())
        .followRedirect(false)
        // Reactor Netty would resend a request after a stale connection; a mint must not be resent.
        .disableRetry(true);
  }

  /** Ignores errors that arrive after a call's timeout, which Reactor would log. */
  public static Context dropLateErrors(Context context) {
    return context.put("reactor.onErrorDropped.local", (Consumer<Throwable>) _ -> {});
  }
}
