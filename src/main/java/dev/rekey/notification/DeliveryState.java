package dev.rekey.notification;

/** How a webhook stands with one target. */
enum DeliveryState {
  PENDING,
  DELIVERED,
  DEAD
}
