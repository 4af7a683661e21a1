package dev.rekey.invariants;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.invariants.Records.Attempt;
import dev.rekey.invariants.Records.InventoryEntry;
import dev.rekey.invariants.Records.Rotation;
import dev.rekey.invariants.SandboxView.Seen;
import dev.rekey.run.PostgresServer;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.assertj.core.api.Condition;
import org.jspecify.annotations.Nullable;
import sandbox.Sandbox;

/**
 * Compares Rekey's records with the real state of the upstreams. The sandbox must have been started
 * or reset when the compared records begin.
 */
public final class Invariants {

  private static final String KEYCARD = "keycard";
  private static final String CONDUCTORONE = "conductorone";

  /** The states of an attempt that was not sent, or was refused before the upstream acted. */
  private static final Set<String> WITHOUT_EFFECT = Set.of("NOT_ATTEMPTED", "REJECTED");

  /** The event that a rotation has in each state. */
  private static final Map<String, String> EVENT_OF =
      Map.of(
          "SUCCEEDED", "rotation.succeeded",
          "NOT_ATTEMPTED", "rotation.not-attempted",
          "REJECTED", "rotation.rejected",
          "UNKNOWN", "rotation.unknown",
          "NOT_APPLIED", "rotation.not-applied",
          "ORPHAN_REMOVED", "rotation.orphan-removed",
          "COMPENSATED", "rotation.compensated",
          "SUPERSEDED", "rotation.superseded",
          "RESOLVED", "rotation.resolved");

  private final PostgresServer postgres;
  private final SandboxView sandbox;
  private final Instant since;
  private final boolean replacing;

  /**
   * Compares records from a time on.
   *
   * @param replacing whether a ConductorOne rotation revokes the connector's older credentials
   */
  public Invariants(PostgresServer postgres, Sandbox sandbox, Instant since, boolean replacing) {
    this.postgres = postgres;
    this.sandbox = new SandboxView(sandbox);
    this.since = since;
    this.replacing = replacing;
  }

  /** Whether the reconciler has settled everything that it can settle. */
  public boolean isSettled() {
    var records = Records.of(postgres, since);
    Set<UUID> succeeded = successes(records);
    return records.rotations().stream().noneMatch(Invariants::isPending)
        && records.attempts().stream().noneMatch(Invariants::isOpen)
        && liveAtKeycard(sandbox.mints()).stream().allMatch(live -> live.isOfAny(succeeded));
  }

  /**
   * Asserts all invariants. To be called when everything is settled.
   *
   * @param delivered every secret that a caller received
   */
  public void assertAll(Collection<DeliveredSecret> delivered) {
    var records = Records.of(postgres, since);
    List<Seen> mints = sandbox.mints();
    everythingIsClosed(records);
    everyKeycardMintHasItsOwnAttempt(records, mints);
    noConnectorHasMoreMintsThanAttempts(records, mints);
    everySuccessHasItsOwnMint(records, mints);
    everyValidKeycardCredentialIsASuccess(records, mints);
    theInventoryShowsTheValidKeycardCredentials(records, mints);
    everyRotationHasItsEvents(records);
    everySecretIsRecorded(records, delivered);
    everySecretIsValid(records, mints, delivered);
  }

  /** Asserts that the secret of every success was delivered, which a crash may prevent. */
  public void everySuccessWasDelivered(Collection<DeliveredSecret> delivered) {
    Set<UUID> reached = delivered.stream().map(DeliveredSecret::rotation).collect(toSet());
    assertThat(Records.of(postgres, since).rotations())
        .filteredOn(rotation -> rotation.state().equals("SUCCEEDED"))
        .as("successes, by whether their secret reached its caller")
        .allMatch(rotation -> reached.contains(rotation.id()));
  }

  /** Numbers of all kinds, for people to read. */
  public Map<String, Long> counts() {
    var records = Records.of(postgres, since);
    var counts = new TreeMap<String, Long>();
    records
        .rotations()
        .forEach(
            it -> counts.merge("rotations " + it.upstream() + " " + it.state(), 1L, Long::sum));
    records
        .attempts()
        .forEach(it -> counts.merge("attempts " + it.upstream() + " " + it.state(), 1L, Long::sum));
    sandbox.mints().forEach(it -> counts.merge("mints " + it.upstream(), 1L, Long::sum));
    counts.put("rotations back-filled", (long) records.backfilled().size());
    return counts;
  }

  private static void everythingIsClosed(Records records) {
    assertThat(records.rotations()).as("open rotations").noneMatch(Invariants::isPending);
    assertThat(records.attempts()).as("open attempts").noneMatch(Invariants::isOpen);
  }

  private static boolean isPending(Rotation rotation) {
    return rotation.state().equals("PENDING");
  }

  // ConductorOne cannot list, so a mint without a known id stays unknown.
  private static boolean isOpen(Attempt attempt) {
    return attempt.is("PENDING")
        || (attempt.is("UNKNOWN") && (attempt.isOf(KEYCARD) || attempt.isDue()));
  }

  private static void everyKeycardMintHasItsOwnAttempt(Records records, List<Seen> mints) {
    Map<UUID, Attempt> known = records.attempts().stream().collect(toMap(Attempt::id, identity()));
    assertThat(mints)
        .filteredOn(mint -> mint.isOf(KEYCARD))
        .as("Keycard's mints, by the attempt that each names")
        .allSatisfy(
            mint -> {
              Attempt attempt = found(known, mint.attempt(), mint);
              assertThat(attempt.subject()).isEqualTo(mint.subject());
              assertThat(attempt.state()).isNotIn(WITHOUT_EFFECT);
            })
        .extracting(Seen::attempt)
        .doesNotHaveDuplicates();
  }

  private static void noConnectorHasMoreMintsThanAttempts(Records records, List<Seen> mints) {
    Map<String, Long> sent =
        records.attempts().stream()
            .filter(attempt -> attempt.isOf(CONDUCTORONE))
            .filter(attempt -> !WITHOUT_EFFECT.contains(attempt.state()))
            .collect(groupingBy(Attempt::subject, counting()));
    mints.stream()
        .filter(mint -> mint.isOf(CONDUCTORONE))
        .collect(groupingBy(Seen::subject, counting()))
        .forEach(
            (connector, minted) ->
                assertThat(minted)
                    .as("mints of %s, against attempts that may have minted", connector)
                    .isLessThanOrEqualTo(sent.getOrDefault(connector, 0L)));
  }

  private static void everySuccessHasItsOwnMint(Records records, List<Seen> mints) {
    Map<String, Seen> byId = mints.stream().collect(toMap(Seen::id, identity()));
    assertThat(records.attempts())
        .filteredOn(attempt -> attempt.is("SUCCEEDED"))
        .as("successes, by what the upstream made")
        .allSatisfy(
            attempt -> {
              Seen mint = found(byId, attempt.made(), attempt);
              assertThat(mint.subject()).isEqualTo(attempt.subject());
              assertThat(mint.attempt()).isIn(attempt.id(), null);
            })
        .extracting(Attempt::made)
        .doesNotHaveDuplicates();
  }

  private static <K, V> V found(Map<K, V> all, @Nullable K key, Object owner) {
    V value = key == null ? null : all.get(key);
    if (value == null) {
      throw new AssertionError("nothing is known for " + owner);
    }
    return value;
  }

  private void everyValidKeycardCredentialIsASuccess(Records records, List<Seen> mints) {
    Set<UUID> succeeded = successes(records);
    Map<UUID, String> states =
        records.rotations().stream().collect(toMap(Rotation::id, Rotation::state));
    assertThat(liveAtKeycard(mints))
        .as("valid credentials at Keycard")
        .allMatch(live -> live.isOfAny(succeeded));
    assertThat(records.attempts())
        .filteredOn(attempt -> attempt.is("SUCCEEDED"))
        .as("attempts that succeeded, by their rotations")
        .allMatch(attempt -> "SUCCEEDED".equals(states.get(attempt.rotation())));
  }

  private static Set<UUID> successes(Records records) {
    return records.attempts().stream()
        .filter(attempt -> attempt.is("SUCCEEDED"))
        .map(Attempt::id)
        .collect(toSet());
  }

  /** The valid credentials that were not seeded. */
  private List<Seen> liveAtKeycard(List<Seen> mints) {
    Set<String> minted = mints.stream().map(Seen::id).collect(toSet());
    return sandbox.live().stream()
        .filter(live -> live.isOf(KEYCARD) && minted.contains(live.id()))
        .toList();
  }

  private static void everyRotationHasItsEvents(Records records) {
    Map<UUID, Long> attempts =
        records.attempts().stream().collect(groupingBy(Attempt::rotation, counting()));
    assertThat(records.rotations())
        .as("rotations, by their events")
        .allSatisfy(
            rotation -> {
              int count = attempts.getOrDefault(rotation.id(), 0L).intValue();
              assertThat(records.events().getOrDefault(rotation.id(), List.of()))
                  .as("events of %s", rotation)
                  .contains(EVENT_OF.getOrDefault(rotation.state(), "none"))
                  .areExactly(count, type("rotation.requested"))
                  .areAtMost(count, type("rotation.succeeded"));
            });
  }

  private static Condition<String> type(String type) {
    return new Condition<>(type::equals, type);
  }

  private void theInventoryShowsTheValidKeycardCredentials(Records records, List<Seen> mints) {
    assertThat(records.inventory())
        .filteredOn(entry -> entry.isActiveAt(KEYCARD))
        .extracting(InventoryEntry::upstreamId)
        .as("active credentials in the inventory, and valid ones at Keycard")
        .containsExactlyInAnyOrderElementsOf(liveAtKeycard(mints).stream().map(Seen::id).toList());
  }

  private static void everySecretIsRecorded(
      Records records, Collection<DeliveredSecret> delivered) {
    Map<String, UUID> rotations =
        records.inventory().stream()
            .collect(toMap(InventoryEntry::upstreamId, InventoryEntry::rotation));
    assertThat(delivered)
        .as("delivered secrets, by their records")
        .allSatisfy(
            given -> {
              assertThat(rotations)
                  .as("the inventory")
                  .containsEntry(given.upstreamId(), given.rotation());
              assertThat(records.events().getOrDefault(given.rotation(), List.of()))
                  .as("the history of %s", given)
                  .contains("rotation.succeeded");
            });
  }

  private void everySecretIsValid(
      Records records, List<Seen> mints, Collection<DeliveredSecret> delivered) {
    Map<String, String> newest =
        mints.stream().collect(toMap(Seen::subject, Seen::id, (_, later) -> later));
    assertThat(delivered)
        .filteredOn(given -> !records.retired().contains(given.upstreamId()))
        .filteredOn(
            given ->
                !replacing
                    || !given.subject().startsWith("apps/")
                    || given.upstreamId().equals(newest.get(given.subject())))
        .as("delivered secrets that were not retired")
        .allMatch(given -> given.isValidAt(sandbox));
  }
}
