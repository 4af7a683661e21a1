package dev.rekey.console.login;

import dev.rekey.platform.DatabaseOutage;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/** Responds with a page while sessions cannot be read, because the database does not respond. */
final class OutagePage extends OncePerRequestFilter {

  private static final Logger log = LoggerFactory.getLogger(OutagePage.class);

  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>Rekey</title>
      </head>
      <body>
      <h1>Rekey's database does not respond</h1>
      <p>Load the page again later. If you sent a form, look first whether it took effect.</p>
      </body>
      </html>
      """;

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      chain.doFilter(request, response);
    } catch (RuntimeException e) {
      if (!DatabaseOutage.caused(e)) {
        throw e;
      }
      log.warn("A session was not read or written: {}", DatabaseOutage.describe(e));
      if (!response.isCommitted()) {
        respond(response);
      }
    }
  }

  private static void respond(HttpServletResponse response) throws IOException {
    response.reset();
    response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
    response.setHeader("Cache-Control", "no-store");
    response.setHeader(
        "Content-Security-Policy",
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    response.setContentType(MediaType.TEXT_HTML_VALUE);
    response.setCharacterEncoding(StandardCharsets.UTF_8.name());
    response.getWriter().write(PAGE);
  }
}
