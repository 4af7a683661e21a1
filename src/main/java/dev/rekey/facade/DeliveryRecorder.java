package dev.rekey.facade;

import dev.rekey.platform.problem.RouteTraits;
import dev.rekey.platform.web.RekeyHeaders;
import dev.rekey.rotation.CredentialRotation;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Notes which answers with a secret were written out, as far as the server can tell. */
@Component
class DeliveryRecorder extends OncePerRequestFilter {

  private final RouteTraits routes;
  private final CredentialRotation rotation;

  DeliveryRecorder(RouteTraits routes, CredentialRotation rotation) {
    this.routes = routes;
    this.rotation = rotation;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !routes.mints(request.getMethod(), request.getRequestURI());
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    chain.doFilter(request, response);
    String id = response.getHeader(RekeyHeaders.ROTATION_ID);
    if (id != null && response.getStatus() < HttpServletResponse.SC_MULTIPLE_CHOICES) {
      // Throws if the caller is known to have gone.
      response.flushBuffer();
      rotation.delivered(UUID.fromString(id));
    }
  }
}
