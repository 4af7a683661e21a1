package dev.rekey.facade;

import dev.rekey.platform.web.ExchangeValve;
import dev.rekey.rotation.CredentialRotation;
import dev.rekey.rotation.NewCredential;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Records which responses with a secret were written to an open connection. */
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
    if (response.getStatus() < HttpServletResponse.SC_MULTIPLE_CHOICES) {
      NewCredential.rotationIn(request)
          .ifPresent(id -> ExchangeValve.onWritten(request, () -> rotation.delivered(id)));
    }
  }
}
