package dev.rekey.rotation;

import dev.rekey.platform.web.RekeyHeaders;
import dev.rekey.upstream.Minted;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/**
 * A new credential on its way to who wanted it.
 *
 * @param credentialId its place in the inventory; null if the database went away before it could be
 *     entered there
 */
public record Delivery(UUID rotationId, @Nullable UUID credentialId, Minted minted) {

  /** An answer that carries the secret, which nothing on its way may keep. */
  public ResponseEntity.BodyBuilder answer(HttpStatus status) {
    var answer =
        ResponseEntity.status(status)
            .cacheControl(CacheControl.noStore())
            .header(RekeyHeaders.ROTATION_ID, rotationId.toString());
    return credentialId == null
        ? answer
        : answer.header(RekeyHeaders.CREDENTIAL_ID, credentialId.toString());
  }
}
