package dev.rekey.facade;

import dev.rekey.rotation.CredentialRotation;
import dev.rekey.rotation.Delivery;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Records which responses with a secret were written, as far as the server knows. */
@Component
class DeliveryRecorder extends OncePerRequestFilter {

  private final CredentialRotation rotation;

  DeliveryRecorder(CredentialRotation rotation) {
    this.rotation = rotation;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    chain.doFilter(request, response);
    Optional<UUID> delivered = Delivery.rotationIn(request);
    if (delivered.isPresent() && response.getStatus() < HttpServletResponse.SC_MULTIPLE_CHOICES) {
      // Throws if the client is known to have disconnected.
      response.flushBuffer();
      rotation.delivered(delivered.get());
    }
  }
}
