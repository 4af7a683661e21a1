package sandbox.keycard;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Every credential of every account, with its history. Not thread-safe. */
final class CredentialStore {
  private final Map<String, NavigableMap<Long, Revision>> byAccount = new HashMap<>();
  private final Map<String, Place> places = new HashMap<>();
  private final Map<String, String> idsByClientId = new HashMap<>();

  /** Identifies a credential. */
  private record Place(String accountId, long number) {}

  void clear() {
    byAccount.clear();
    places.clear();
    idsByClientId.clear();
  }

  /**
   * Adds a new credential.
   *
   * @param number its position in lists; newer is larger
   * @param since when lists begin to show it
   */
  void add(KeycardCredential credential, long number, Instant since) {
    places.put(credential.id(), new Place(credential.account().id(), number));
    idsByClientId.put(credential.clientId(), credential.id());
    revisions(credential.account().id()).put(number, Revision.first(credential, since));
  }

  Stream<KeycardCredential> of(ServiceAccount account) {
    return revisions(account.id()).values().stream().flatMap(r -> r.current().stream());
  }

  Page<KeycardCredential> page(
      ServiceAccount account,
      Page.Request request,
      Instant asOf,
      Predicate<KeycardCredential> wanted) {
    return Page.of(
        revisions(account.id()), request, revision -> revision.asOf(asOf).filter(wanted));
  }

  Optional<KeycardCredential> find(String id) {
    return Optional.ofNullable(places.get(id))
        .map(place -> revisions(place.accountId()).get(place.number()))
        .flatMap(Revision::current);
  }

  Optional<KeycardCredential> findByClientId(String clientId) {
    return Optional.ofNullable(idsByClientId.get(clientId)).flatMap(this::find);
  }

  void update(KeycardCredential next) {
    revise(next.id(), revision -> revision.then(next));
  }

  /** Updates last-used without a revision. */
  KeycardCredential used(KeycardCredential credential, Instant now) {
    KeycardCredential used = credential.used(now);
    revise(used.id(), revision -> revision.amended(used));
    return used;
  }

  void delete(KeycardCredential credential) {
    revise(credential.id(), revision -> revision.then(null));
  }

  private void revise(String id, UnaryOperator<Revision> change) {
    Optional.ofNullable(places.get(id))
        .ifPresent(
            place ->
                revisions(place.accountId())
                    .computeIfPresent(place.number(), (_, revision) -> change.apply(revision)));
  }

  private NavigableMap<Long, Revision> revisions(String accountId) {
    return byAccount.computeIfAbsent(accountId, _ -> new TreeMap<>());
  }
}
