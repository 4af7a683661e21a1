package dev.rekey.facade;

import dev.rekey.platform.RekeyHeaders;
import dev.rekey.rotation.Delivery;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/** What minting routes have in common. */
final class Minting {

  /** By which clients generated with Stainless say how often they sent a request before. */
  static final String RETRY_COUNT = "x-stainless-retry-count";

  private Minting() {}

  static boolean isRepetition(@Nullable String retryCount) {
    return retryCount != null && !retryCount.isBlank() && !retryCount.strip().equals("0");
  }

  /** An answer that carries a secret, which nothing on its way may keep. */
  static ResponseEntity.BodyBuilder answer(HttpStatus status, Delivery delivery) {
    var answer =
        ResponseEntity.status(status)
            .cacheControl(CacheControl.noStore())
            .header(RekeyHeaders.ROTATION_ID, delivery.rotationId().toString());
    return delivery.credentialId() == null
        ? answer
        : answer.header(RekeyHeaders.CREDENTIAL_ID, delivery.credentialId().toString());
  }
}
