package dev.rekey.notification;

import java.time.Duration;

/** The result of one try to deliver a webhook. */
sealed interface SendResult {

  /** The receiver returned 2xx. */
  record Delivered() implements SendResult {}

  /**
   * Any other result.
   *
   * @param reason for operators; contains neither the URL nor anything that the receiver wrote
   * @param retryAfter how long the receiver asked to wait; zero if it did not
   */
  record Failed(String reason, Duration retryAfter) implements SendResult {}
}
