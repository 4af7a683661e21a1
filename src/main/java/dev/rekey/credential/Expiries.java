package dev.rekey.credential;

import java.util.List;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;

/** Looks, on every replica, for credentials whose end is to be told. */
@Component
class Expiries {

  private static final int AT_ONCE = 100;
  private static final UUID FIRST = new UUID(0, 0);

  private final CredentialRepository rows;
  private final ExpiryLedger ledger;

  Expiries(CredentialRepository rows, ExpiryLedger ledger) {
    this.rows = rows;
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
    List<UUID> next = rows.idsFollowing(FIRST, Limit.of(AT_ONCE));
    while (!next.isEmpty()) {
      next.forEach(ledger::plan);
      next = rows.idsFollowing(next.getLast(), Limit.of(AT_ONCE));
    }
    ledger.planned();
  }
}
