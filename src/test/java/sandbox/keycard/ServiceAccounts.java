package sandbox.keycard;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import sandbox.gateway.Mints;
import sandbox.gateway.Mints.Mint;
import sandbox.gateway.Registry;
import sandbox.wire.RandomText;
import sandbox.wire.Seeds;
import sandbox.wire.Upstream;

/** The organization's service accounts and every credential they ever had. */
@Component
public final class ServiceAccounts implements Registry {
  private static final Duration SEED_AGE = Duration.ofDays(40);
  private static final String CHECKOUT_SEED = "checkoutseedcredential0001";
  private static final String INDEXER_SEED = "indexerseedcredential00001";

  private final NavigableMap<Long, ServiceAccount> accounts = new TreeMap<>();
  private final Map<String, ServiceAccount> accountsById = new HashMap<>();
  private final CredentialStore shelf = new CredentialStore();
  private final Mints mints;
  private final Seeds seeds;
  private long number;

  ServiceAccounts(Mints mints, Seeds seeds) {
    this.mints = mints;
    this.seeds = seeds;
    reset();
  }

  @Override
  public synchronized void reset() {
    accounts.clear();
    accountsById.clear();
    shelf.clear();
    number = 0;
    seed(addAccount("checkout"), CHECKOUT_SEED, "checkout");
    seed(addAccount("indexer"), INDEXER_SEED, "indexer");
    Instant lately = Instant.now().minus(Duration.ofDays(2));
    shelf.find(CHECKOUT_SEED).ifPresent(seed -> shelf.used(seed, lately));
    if (seeds.examples()) {
      ServiceAccount billing = addAccount("billing");
      seed(billing, "billingoverduecredential01", "invoices", 400, 1);
      seed(billing, "billingunusedcredential001", "reports", 300, 120);
    }
  }

  private void seed(ServiceAccount account, String id, String name, int ageDays, int usedDaysAgo) {
    Instant now = Instant.now();
    Instant created = now.minus(Duration.ofDays(ageDays));
    KeycardCredential seed = KeycardCredential.mint(id, account, name, null, created);
    shelf.add(seed.used(now.minus(Duration.ofDays(usedDaysAgo))), ++number, created);
  }

  /** Adds accounts {@code sa-0001} and so on, each with the given number of credentials. */
  public synchronized void addAccounts(int count, int credentialsEach) {
    for (int i = 1; i <= count; i++) {
      String id = "sa-%04d".formatted(i);
      ServiceAccount account = find(id).orElseGet(() -> addAccount(id));
      addCredentials(account.id(), credentialsEach);
    }
  }

  /** Returns false if the account does not exist. */
  public synchronized boolean addCredentials(String accountId, int count) {
    Optional<ServiceAccount> account = find(accountId);
    for (int i = 1; account.isPresent() && i <= count; i++) {
      seed(account.get(), RandomText.lowercase(26), "seed-%04d".formatted(i));
    }
    return account.isPresent();
  }

  private ServiceAccount addAccount(String id) {
    var account = new ServiceAccount(id, ++number, Instant.now().minus(SEED_AGE));
    accounts.put(account.number(), account);
    accountsById.put(id, account);
    return account;
  }

  private void seed(ServiceAccount account, String id, String name) {
    Instant created = Instant.now().minus(SEED_AGE);
    shelf.add(KeycardCredential.mint(id, account, name, null, created), ++number, created);
  }

  synchronized Optional<ServiceAccount> find(String accountId) {
    return Optional.ofNullable(accountsById.get(accountId));
  }

  synchronized Page<ServiceAccount> accounts(Page.Request request) {
    return Page.of(accounts, request, Optional::of);
  }

  synchronized Page<KeycardCredential> list(
      ServiceAccount account,
      Page.Request request,
      Instant asOf,
      Predicate<KeycardCredential> wanted) {
    return shelf.page(account, request, asOf, wanted);
  }

  synchronized KeycardCredential create(
      ServiceAccount account, String name, @Nullable String description) {
    Instant now = Instant.now();
    KeycardCredential minted =
        KeycardCredential.mint(RandomText.lowercase(26), account, name, description, now);
    shelf.add(minted, ++number, now);
    mints.add(new Mint(Upstream.KEYCARD, account.subject(), minted.id(), description, now));
    return minted;
  }

  synchronized Optional<KeycardCredential> find(ServiceAccount account, String id) {
    return shelf.find(id).filter(c -> c.account().id().equals(account.id()));
  }

  /** Empty if the credential does not exist. */
  synchronized Optional<KeycardCredential> update(
      ServiceAccount account, String id, @Nullable String name, @Nullable String description) {
    Optional<KeycardCredential> updated =
        find(account, id).map(c -> c.described(name, description));
    updated.ifPresent(shelf::update);
    return updated;
  }

  /** Returns false if the credential does not exist. */
  synchronized boolean delete(ServiceAccount account, String id) {
    Optional<KeycardCredential> found = find(account, id);
    found.ifPresent(shelf::delete);
    return found.isPresent();
  }

  synchronized void used(String clientId) {
    shelf.findByClientId(clientId).ifPresent(c -> shelf.used(c, Instant.now()));
  }

  @Override
  public synchronized List<Live> live() {
    return accounts.values().stream().flatMap(shelf::of).map(KeycardCredential::toLive).toList();
  }

  @Override
  public synchronized Optional<Live> touch(String credentialId) {
    return shelf
        .find(credentialId)
        .map(c -> shelf.used(c, Instant.now()))
        .map(KeycardCredential::toLive);
  }

  @Override
  public synchronized boolean verify(String clientId, String clientSecret) {
    return shelf.findByClientId(clientId).filter(c -> c.secret().matches(clientSecret)).isPresent();
  }
}
