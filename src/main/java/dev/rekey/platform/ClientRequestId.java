package dev.rekey.platform;

import io.micrometer.context.ContextRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The {@code X-Client-Request-ID} of a request, which the caller chose and proxies pass on. It is
 * known in the thread of the request and in every thread to which that hands its context on.
 */
public final class ClientRequestId {

  public static final String HEADER = "X-Client-Request-ID";

  /** The key of the id in a Reactor context that has captured the thread's. */
  public static final String KEY = ClientRequestId.class.getName();

  private static final ThreadLocal<String> CURRENT = new ThreadLocal<>();

  static {
    ContextRegistry.getInstance().registerThreadLocalAccessor(KEY, CURRENT);
  }

  private ClientRequestId() {}

  /** The request's id; empty without a well-formed one. */
  public static Optional<String> of(HttpServletRequest request) {
    return Optional.ofNullable(request.getHeader(HEADER)).filter(RequestInfo::isRequestId);
  }

  /** Sets the id of the thread until the result is closed; null for none. */
  public static Scope open(@Nullable String id) {
    if (id != null) {
      CURRENT.set(id);
    }
    return CURRENT::remove;
  }

  /** Removes the id from the thread. */
  public interface Scope extends AutoCloseable {

    @Override
    void close();
  }
}
