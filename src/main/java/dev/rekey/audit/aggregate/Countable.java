package dev.rekey.audit.aggregate;

import java.util.Locale;

/** The things that can be counted. */
enum Countable {
  EVENTS,
  ROTATIONS;

  /** The name in requests. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
