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
 * @param minted the credential, with an empty secret if only the target gets it
 * @param delivery whether the target of the subject gets the secret
 * @param isDelivered whether the target has it already
 */
public record NewCredential(
    UUID rotationId,
    @Nullable UUID credentialId,
    Minted minted,
    DeliveryMode delivery,
    boolean isDelivered) {

  /** The headers that Rekey adds to responses in an upstream's format, whose bodies it keeps. */
  public static final String ROTATION_ID = "Rekey-Rotation-Id";

  public static final String CREDENTIAL_ID = "Rekey-Credential-Id";

  /** Tells whether the target has the secret: {@code delivered} or {@code outstanding}. */
  public static final String DELIVERY = "Rekey-Delivery";

  private static final String ATTRIBUTE = NewCredential.class.getName();

  /** One whose secret only the caller gets. */
  NewCredential(UUID rotationId, @Nullable UUID credentialId, Minted minted) {
    this(rotationId, credentialId, minted, DeliveryMode.NONE, false);
  }

  /** Same, for a secret that a target gets. */
  NewCredential delivered(DeliveryMode mode, boolean isDelivered) {
    return new NewCredential(
        rotationId,
        credentialId,
        mode.returnsSecret() ? minted : minted.withoutSecret(),
        mode,
        isDelivered);
  }

  /**
   * A response that must not be cached. Needs the thread of the request, which it marks for {@link
   * #rotationIn} if the response carries the secret.
   */
  public ResponseEntity.BodyBuilder response(HttpStatus status) {
    if (delivery.returnsSecret()) {
      RequestContextHolder.currentRequestAttributes()
          .setAttribute(ATTRIBUTE, rotationId, RequestAttributes.SCOPE_REQUEST);
    }
    var response =
        ResponseEntity.status(status)
            .cacheControl(CacheControl.noStore())
            .header(ROTATION_ID, rotationId.toString());
    if (credentialId != null) {
      response.header(CREDENTIAL_ID, credentialId.toString());
    }
    if (delivery != DeliveryMode.NONE) {
      response.header(DELIVERY, isDelivered ? "delivered" : "outstanding");
    }
    return response;
  }

  /** The rotation whose secret the response to a request carries; empty if it carries none. */
  public static Optional<UUID> rotationIn(HttpServletRequest request) {
    return Optional.ofNullable((UUID) request.getAttribute(ATTRIBUTE));
  }
}
