package dev.rekey.platform.web;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.ActionCode;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;

/**
 * Limits the total time in which a request's body is read, also the rest that no controller reads.
 * Observes whether a response was written to an open connection.
 */
public final class ExchangeValve extends ValveBase {

  private static final String ON_WRITTEN = ExchangeValve.class.getName();
  private static final int MAX_DISCARDED = 64 * 1024;

  ExchangeValve() {
    super(true);
  }

  /**
   * Runs an action when the whole response is written, if the client has not closed its side of the
   * connection before the end of the response. Whether the client reads it is not known.
   */
  public static void onWritten(HttpServletRequest request, Runnable action) {
    request.setAttribute(ON_WRITTEN, action);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    var coyote = request.getCoyoteRequest();
    InputBuffer body = coyote.getInputBuffer();
    coyote.setInputBuffer(new TimedBody(body, System.nanoTime() + limit(request)));
    try {
      getNext().invoke(request, response);
      if (!request.isAsync()) {
        end(request, response);
      }
    } finally {
      coyote.setInputBuffer(body);
    }
  }

  private static long limit(Request request) {
    int millis =
        request.getConnector().getProtocolHandler() instanceof AbstractProtocol<?> protocol
            ? protocol.getConnectionTimeout()
            : 0;
    return millis > 0 ? TimeUnit.MILLISECONDS.toNanos(millis) : Long.MAX_VALUE / 2;
  }

  private static void end(Request request, Response response) throws IOException {
    if (request.getAttribute(ON_WRITTEN) instanceof Runnable action) {
      // A client may close as soon as it has the end of the response.
      boolean isOpen =
          !(request.getConnector().getProtocolHandler() instanceof BoundedProtocol protocol)
              || protocol.isClientConnected();
      response.finishResponse();
      if (isOpen && !is(ActionCode.IS_ERROR, request)) {
        action.run();
      }
    }
    if (hasMoreBody(request)) {
      response.finishResponse();
      discardBody(request.getCoyoteRequest());
    }
  }

  private static boolean hasMoreBody(Request request) {
    return !is(ActionCode.REQUEST_BODY_FULLY_READ, request)
        && !is(ActionCode.IS_ERROR, request)
        // The client waits for the response before it sends the body.
        && !request.getCoyoteRequest().hasExpectation();
  }

  private static boolean is(ActionCode state, Request request) {
    var result = new AtomicBoolean();
    request.getCoyoteRequest().action(state, result);
    return result.get();
  }

  // A client that still sends may not see the response if the connection is closed at once.
  private static void discardBody(org.apache.coyote.Request request) {
    var discarded = new Discarded();
    int bytes = 0;
    try {
      for (int read = 0; read >= 0 && bytes <= MAX_DISCARDED; read = request.doRead(discarded)) {
        bytes += read;
      }
      if (bytes > MAX_DISCARDED) {
        request.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
      }
    } catch (IOException _) {
      // The client is too slow, or has disconnected.
      request.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
    }
  }

  /** Gets parts of a body from Tomcat, which shortens the last one. */
  private static final class Discarded implements ApplicationBufferHandler {

    private ByteBuffer part = ByteBuffer.allocate(0);

    @Override
    public void setByteBuffer(ByteBuffer buffer) {
      part = buffer;
    }

    @Override
    public ByteBuffer getByteBuffer() {
      return part;
    }

    @Override
    public void expand(int size) {
      throw new UnsupportedOperationException("a part has Tomcat's own buffer");
    }
  }

  /** Fails once a body has taken too long. Tomcat's own timeout restarts with each byte. */
  private record TimedBody(InputBuffer body, long deadline) implements InputBuffer {

    @Override
    public int doRead(ApplicationBufferHandler handler) throws IOException {
      if (System.nanoTime() - deadline > 0) {
        throw new SocketTimeoutException("the body has taken too long");
      }
      return body.doRead(handler);
    }

    @Override
    public int available() {
      return body.available();
    }
  }
}
