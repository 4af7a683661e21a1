package dev.rekey.platform;

/** Something that has to be so before Rekey takes its first request, and that others answer for. */
public interface StartCheck {

  /** Stops the start by throwing, with what is expected. */
  void check();
}
