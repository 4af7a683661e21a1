package dev.rekey.platform.web;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.tomcat.util.http.MimeHeaders;

/**
 * Removes the forwarding headers that a proxy does not replace, and those that are malformed,
 * before Spring reads them: it believes each, and fails on a malformed one.
 */
final class ForwardedHeaders extends ValveBase {

  private static final List<String> IGNORED =
      List.of("Forwarded", "X-Forwarded-Port", "X-Forwarded-Ssl");

  private static final Map<String, Pattern> WELL_FORMED =
      Map.of(
          "X-Forwarded-Prefix", Pattern.compile("(/[A-Za-z0-9._~-]+)*/?"),
          "X-Forwarded-Host", Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?"),
          "X-Forwarded-Proto", Pattern.compile("(?i)https?"));

  ForwardedHeaders() {
    super(true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    MimeHeaders headers = request.getCoyoteRequest().getMimeHeaders();
    IGNORED.forEach(headers::removeHeader);
    WELL_FORMED.forEach(
        (name, form) -> {
          String sent = String.join(",", Collections.list(headers.values(name)));
          if (!Arrays.stream(sent.split(",", -1))
              .map(String::strip)
              .allMatch(form.asMatchPredicate())) {
            headers.removeHeader(name);
          }
        });
    getNext().invoke(request, response);
  }
}
