package dev.rekey.access;

import dev.rekey.upstream.Subject;
import org.jspecify.annotations.Nullable;

/** Told of everything that a known caller asked for and was denied. */
public interface DenialListener {

  /**
   * Notes the denial; must not throw, since it is a denial whether or not it could be noted.
   *
   * @param subject what it wanted; null if that was not known yet
   */
  void denied(Caller caller, @Nullable Subject subject, String reason);
}
