package dev.rekey.rotation;

import dev.rekey.upstream.Minted;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * A new credential that is to be returned to the caller.
 *
 * @param credentialId its id in the inventory; null if the database was unavailable
 */
public record Delivery(UUID rotationId, @Nullable UUID credentialId, Minted minted) {

  /** The headers that Rekey adds to responses in an upstream's format, whose bodies it keeps. */
  static final String ROTATION_ID = "Rekey-Rotation-Id";

  static final String CREDENTIAL_ID = "Rekey-Credential-Id";

  private static final String ATTRIBUTE = Delivery.class.getName();

  /**
   * A response that carries the secret and must not be cached. Needs the thread of the request,
   * which it marks for {@link #rotationIn}.
   */
  public ResponseEntity.BodyBuilder response(HttpStatus status) {
    RequestContextHolder.currentRequestAttributes()
        .setAttribute(ATTRIBUTE, rotationId, RequestAttributes.SCOPE_REQUEST);
    var response =
        ResponseEntity.status(status)
            .cacheControl(CacheControl.noStore())
            .header(ROTATION_ID, rotationId.toString());
    return credentialId == null
        ? response
        : response.header(CREDENTIAL_ID, credentialId.toString());
  }

  /** The rotation whose secret the response to a request carries; empty if it carries none. */
  public static Optional<UUID> rotationIn(HttpServletRequest request) {
    return Optional.ofNullable((UUID) request.getAttribute(ATTRIBUTE));
  }
}
