package dev.rekey.upstream.http;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.proxy.ProxyConnectException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.web.reactive.function.client.WebClientRequestException;

/** Names the cause of a token endpoint's failure by its kind. Messages may quote a response. */
final class TokenFailures {

  // In this order: a connect timeout is also a ConnectException.
  private static final List<Class<? extends Throwable>> KINDS =
      List.of(
          UnknownHostException.class,
          ConnectTimeoutException.class,
          NoRouteToHostException.class,
          ConnectException.class,
          SSLHandshakeException.class,
          SSLException.class,
          ProxyConnectException.class,
          DataBufferLimitException.class,
          TimeoutException.class);

  private TokenFailures() {}

  /** Whether the endpoint sent a whole response that is no token. */
  static boolean isUnreadable(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException
          || cause instanceof WebClientRequestException
          || cause instanceof TimeoutException
          || cause instanceof DataBufferLimitException) {
        return false;
      }
    }
    return true;
  }

  /**
   * The simple name of a well-known kind of exception in the chain; otherwise of the root cause.
   */
  static String kindOf(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      for (Class<? extends Throwable> kind : KINDS) {
        if (kind.isInstance(cause)) {
          return kind.getSimpleName();
        }
      }
    }
    Throwable root = NestedExceptionUtils.getRootCause(failure);
    return (root == null ? failure : root).getClass().getSimpleName();
  }
}
