package dev.rekey.notification;

import io.swagger.v3.oas.annotations.media.Schema;

/** How a webhook stands with one target. */
@Schema(
    name = "WebhookState",
    enumAsRef = true,
    example = "DEAD",
    description =
        "How a webhook stands. PENDING: it is to be delivered, and tried until it is. DELIVERED: its"
            + " receiver answered 2xx. DEAD: it was tried for as long as is worth while, and given"
            + " up; it can be put back.")
enum DeliveryState {
  PENDING,
  DELIVERED,
  DEAD
}
