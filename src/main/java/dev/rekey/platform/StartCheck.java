package dev.rekey.platform;

/** A condition for the start that a feature checks before Rekey takes its first request. */
public interface StartCheck {

  /** Throws to stop the start. The message says what is expected. */
  void check();
}
