package dev.rekey.platform.web;

import dev.rekey.platform.IpAddress;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Rewrites the addresses in {@code X-Forwarded-For} without ports and brackets, before Tomcat
 * counts the hops from the trusted proxies: Tomcat would take a proxy with a port for the caller,
 * and would resolve a text that is no address as a host name.
 */
final class ForwardedFor extends ValveBase {

  private final String header;

  ForwardedFor(String header) {
    super(true);
    this.header = header;
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    List<String> sent = Collections.list(request.getHeaders(header));
    if (!sent.isEmpty()) {
      request
          .getCoyoteRequest()
          .getMimeHeaders()
          .setValue(header)
          .setString(
              Arrays.stream(String.join(",", sent).split(",", -1))
                  .map(hop -> IpAddress.bare(hop).orElse(IpAddress.NONE))
                  .collect(Collectors.joining(", ")));
    }
    getNext().invoke(request, response);
  }
}
