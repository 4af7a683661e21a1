package sandbox.keycard;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The states of a credential before and after a time, which lets a list be stale.
 *
 * @param state null once the credential is deleted
 */
record Revision(@Nullable KeycardCredential state, Instant since, @Nullable Revision previous) {

  static Revision first(KeycardCredential credential, Instant since) {
    return new Revision(credential, since, null);
  }

  Optional<KeycardCredential> current() {
    return Optional.ofNullable(state);
  }

  Optional<KeycardCredential> asOf(Instant time) {
    Revision seen = this;
    while (seen != null && seen.since.isAfter(time)) {
      seen = seen.previous;
    }
    return seen == null ? Optional.empty() : seen.current();
  }

  Revision then(@Nullable KeycardCredential next) {
    return new Revision(next, Instant.now(), this);
  }

  /** A change of last-used creates no revision. */
  Revision amended(KeycardCredential next) {
    return new Revision(next, since, previous);
  }
}
