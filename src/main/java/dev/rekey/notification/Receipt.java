package dev.rekey.notification;

import java.time.Duration;

/** What came of one try to deliver a webhook. */
sealed interface Receipt {

  /** The receiver answered 2xx. */
  record Taken() implements Receipt {}

  /**
   * Anything else.
   *
   * @param why for operators; holds neither the URL nor anything that the receiver wrote
   * @param notBefore how long the receiver wants to be left alone; zero if it did not say
   */
  record Failed(String why, Duration notBefore) implements Receipt {}
}
