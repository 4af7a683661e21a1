package dev.rekey.platform.problem;

import org.jspecify.annotations.Nullable;

/** The reason that a person gives for a decision. */
public final class Reason {

  private static final int MAX_LENGTH = 500;

  private Reason() {}

  /** The text; throws a problem like {@link VisibleText#required}. */
  public static String required(@Nullable String text) {
    return VisibleText.required("reason", MAX_LENGTH, text);
  }
}
