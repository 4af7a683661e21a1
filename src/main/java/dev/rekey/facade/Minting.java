package dev.rekey.facade;

import org.jspecify.annotations.Nullable;

/** What minting routes have in common. */
final class Minting {

  /** By which clients generated with Stainless say how often they sent a request before. */
  static final String RETRY_COUNT = "x-stainless-retry-count";

  private Minting() {}

  static boolean isRepetition(@Nullable String retryCount) {
    return retryCount != null && !retryCount.isBlank() && !retryCount.strip().equals("0");
  }
}
