package sandbox.control;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import sandbox.conductorone.Connectors;
import sandbox.control.ControlRequests.Seed;
import sandbox.keycard.ServiceAccounts;

/** Adds subjects and credentials in bulk. None of them counts as a mint. */
@Component
final class Seeding {
  private static final int MOST = 100_000;

  private final Connectors connectors;
  private final ServiceAccounts accounts;

  Seeding(Connectors connectors, ServiceAccounts accounts) {
    this.connectors = connectors;
    this.accounts = accounts;
  }

  void add(Seed seed) {
    if ((seed.serviceAccount() == null) != (seed.credentials() == null)
        || (seed.serviceAccounts() == null && seed.credentialsEach() != null)) {
      throw new InvalidControlRequest(
          "Use serviceAccounts with credentialsEach, serviceAccount with credentials");
    }
    connectors.addConnectors(count(seed.connectors()));
    accounts.addAccounts(count(seed.serviceAccounts()), count(seed.credentialsEach()));
    if (seed.serviceAccount() != null
        && !accounts.addCredentials(seed.serviceAccount(), count(seed.credentials()))) {
      throw new InvalidControlRequest("No such service account");
    }
  }

  private static int count(@Nullable Integer wanted) {
    int value = wanted == null ? 0 : wanted;
    if (value < 0 || value > MOST) {
      throw new InvalidControlRequest("A count must lie between 0 and " + MOST);
    }
    return value;
  }
}
