package dev.rekey.access;

import dev.rekey.upstream.Subject;
import org.jspecify.annotations.Nullable;

/** Notified of every request of an authenticated caller that was denied. */
public interface DenialListener {

  /**
   * Records the denial. Must not throw: the request is denied even if it cannot be recorded.
   *
   * @param subject null if it is not known yet
   */
  void denied(Caller caller, @Nullable Subject subject, String reason);
}
