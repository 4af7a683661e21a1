package dev.rekey.notification;

/** The state of a delivery. */
enum DeliveryState {
  PENDING,
  DELIVERED,
  DEAD
}
