package dev.rekey.credential;

import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Looks, on every replica, for credentials whose end is to be told. */
@Component
class Expiries {

  private static final int AT_ONCE = 100;
  private static final UUID FIRST = new UUID(0, 0);

  private final ExpiryLedger ledger;

  Expiries(ExpiryLedger ledger) {
    this.ledger = ledger;
  }

  /** Tells all that is due. */
  void sweep() {
    if (ledger.isOutdated()) {
      plan();
    }
    int told;
    do {
      told = ledger.tell(AT_ONCE);
    } while (told == AT_ONCE);
  }

  // Replicas may do this at the same time: it comes to the same.
  private void plan() {
    Optional<UUID> last = Optional.of(FIRST);
    while (last.isPresent()) {
      last = ledger.plan(last.get(), AT_ONCE);
    }
    ledger.planned();
  }
}
