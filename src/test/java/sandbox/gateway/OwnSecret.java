package sandbox.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import sandbox.wire.SecretText;

/** The secret of a client that may manage. It can be replaced, with or without a grace period. */
public final class OwnSecret {
  private final SecretText original;
  private final Supplier<SecretText> generator;
  private SecretText current;
  private SecretText former;
  private Instant formerEnds = Instant.MIN;

  public OwnSecret(SecretText original, Supplier<SecretText> generator) {
    this.original = original;
    this.generator = generator;
    this.current = original;
    this.former = original;
  }

  /** Generates a new secret. The previous one stays valid for the given time. */
  public synchronized SecretText replace(Duration formerLives) {
    former = current;
    formerEnds = Instant.now().plus(formerLives);
    current = generator.get();
    return current;
  }

  /** Returns the secrets that are valid now. */
  public synchronized List<SecretText> good() {
    return Instant.now().isBefore(formerEnds) ? List.of(current, former) : List.of(current);
  }

  public boolean matches(String candidate) {
    return good().stream().anyMatch(secret -> secret.matches(candidate));
  }

  public synchronized void reset() {
    current = original;
    formerEnds = Instant.MIN;
  }
}
