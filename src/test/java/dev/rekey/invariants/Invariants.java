package dev.rekey.invariants;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.invariants.Ledger.Attempt;
import dev.rekey.invariants.Ledger.Entered;
import dev.rekey.invariants.Ledger.Rotation;
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
 * Compares Rekey's records with the upstreams' state. The sandbox must have been started or reset
 * at the time from which the records are read.
 */
public final class Invariants {

  private static final String KEYCARD = "keycard";
  private static final String CONDUCTORONE = "conductorone";

  /** The final states of an attempt that was not sent, or was refused before the upstream acted. */
  private static final Set<String> WITHOUT_EFFECT = Set.of("NOT_ATTEMPTED", "REJECTED");

  /** The event that every rotation in a state must have. */
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
   * Compares everything since a time.
   *
   * @param replacing whether a ConductorOne rotation revokes the connector's old credentials
   */
  public Invariants(PostgresServer postgres, Sandbox sandbox, Instant since, boolean replacing) {
    this.postgres = postgres;
    this.sandbox = new SandboxView(sandbox);
    this.since = since;
    this.replacing = replacing;
  }

  /** Returns whether the reconciler has finished everything that it can. */
  public boolean isSettled() {
    var ledger = Ledger.of(postgres, since);
    Set<UUID> succeeded = successes(ledger);
    return ledger.rotations().stream().noneMatch(Invariants::isPending)
        && ledger.attempts().stream().noneMatch(Invariants::isOpen)
        && liveAtKeycard(sandbox.mints()).stream().allMatch(live -> live.isOfOne(succeeded));
  }

  /**
   * Asserts all invariants. Call this when everything is settled.
   *
   * @param handedOver every secret that a caller received
   */
  public void hold(Collection<HandedOver> handedOver) {
    var ledger = Ledger.of(postgres, since);
    List<Seen> mints = sandbox.mints();
    everythingHasEnded(ledger);
    everyMintAtKeycardHasAnAttemptOfItsOwn(ledger, mints);
    noConnectorHasMoreMintsThanAttempts(ledger, mints);
    everySuccessHasAMintOfItsOwn(ledger, mints);
    whatLivesAtKeycardIsASuccess(ledger, mints);
    theInventoryShowsWhatLivesAtKeycard(ledger, mints);
    everyRotationHasItsEvents(ledger);
    everySecretIsRecorded(ledger, handedOver);
    everySecretWorks(ledger, mints, handedOver);
  }

  /**
   * Asserts that every successful rotation delivered its secret. Only a crash excuses a lost
   * secret.
   */
  public void everySuccessWasHandedOver(Collection<HandedOver> handedOver) {
    Set<UUID> reached = handedOver.stream().map(HandedOver::rotation).collect(toSet());
    assertThat(Ledger.of(postgres, since).rotations())
        .filteredOn(rotation -> rotation.state().equals("SUCCEEDED"))
        .as("successes, by whether their secret reached its caller")
        .allMatch(rotation -> reached.contains(rotation.id()));
  }

  /** The totals, for the test's output. */
  public Map<String, Long> counts() {
    var ledger = Ledger.of(postgres, since);
    var counts = new TreeMap<String, Long>();
    ledger
        .rotations()
        .forEach(
            it -> counts.merge("rotations " + it.upstream() + " " + it.state(), 1L, Long::sum));
    ledger
        .attempts()
        .forEach(it -> counts.merge("attempts " + it.upstream() + " " + it.state(), 1L, Long::sum));
    sandbox.mints().forEach(it -> counts.merge("mints " + it.upstream(), 1L, Long::sum));
    counts.put("rotations back-filled", (long) ledger.backfilled().size());
    return counts;
  }

  private static void everythingHasEnded(Ledger ledger) {
    assertThat(ledger.rotations()).as("rotations that hang").noneMatch(Invariants::isPending);
    assertThat(ledger.attempts()).as("attempts that hang").noneMatch(Invariants::isOpen);
  }

  private static boolean isPending(Rotation rotation) {
    return rotation.state().equals("PENDING");
  }

  // ConductorOne cannot list, so a mint with an unknown id stays unknown.
  private static boolean isOpen(Attempt attempt) {
    return attempt.is("PENDING")
        || (attempt.is("UNKNOWN") && (attempt.isOf(KEYCARD) || attempt.isDue()));
  }

  private static void everyMintAtKeycardHasAnAttemptOfItsOwn(Ledger ledger, List<Seen> mints) {
    Map<UUID, Attempt> known = ledger.attempts().stream().collect(toMap(Attempt::id, identity()));
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

  private static void noConnectorHasMoreMintsThanAttempts(Ledger ledger, List<Seen> mints) {
    Map<String, Long> sent =
        ledger.attempts().stream()
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

  private static void everySuccessHasAMintOfItsOwn(Ledger ledger, List<Seen> mints) {
    Map<String, Seen> byId = mints.stream().collect(toMap(Seen::id, identity()));
    assertThat(ledger.attempts())
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

  private static <K, V> V found(Map<K, V> all, @Nullable K key, Object wanting) {
    V value = key == null ? null : all.get(key);
    if (value == null) {
      throw new AssertionError("nothing is known that belongs to " + wanting);
    }
    return value;
  }

  private void whatLivesAtKeycardIsASuccess(Ledger ledger, List<Seen> mints) {
    Set<UUID> succeeded = successes(ledger);
    Map<UUID, String> states =
        ledger.rotations().stream().collect(toMap(Rotation::id, Rotation::state));
    assertThat(liveAtKeycard(mints))
        .as("what lives at Keycard")
        .allMatch(live -> live.isOfOne(succeeded));
    assertThat(ledger.attempts())
        .filteredOn(attempt -> attempt.is("SUCCEEDED"))
        .as("attempts that succeeded, by their rotations")
        .allMatch(attempt -> "SUCCEEDED".equals(states.get(attempt.rotation())));
  }

  private static Set<UUID> successes(Ledger ledger) {
    return ledger.attempts().stream()
        .filter(attempt -> attempt.is("SUCCEEDED"))
        .map(Attempt::id)
        .collect(toSet());
  }

  /** The valid minted credentials, without seeds. */
  private List<Seen> liveAtKeycard(List<Seen> mints) {
    Set<String> minted = mints.stream().map(Seen::id).collect(toSet());
    return sandbox.live().stream()
        .filter(live -> live.isOf(KEYCARD) && minted.contains(live.id()))
        .toList();
  }

  private static void everyRotationHasItsEvents(Ledger ledger) {
    Map<UUID, Long> attempts =
        ledger.attempts().stream().collect(groupingBy(Attempt::rotation, counting()));
    assertThat(ledger.rotations())
        .as("rotations, by their events")
        .allSatisfy(
            rotation -> {
              int count = attempts.getOrDefault(rotation.id(), 0L).intValue();
              assertThat(ledger.events().getOrDefault(rotation.id(), List.of()))
                  .as("events of %s", rotation)
                  .contains(EVENT_OF.getOrDefault(rotation.state(), "none"))
                  .areExactly(count, type("rotation.requested"))
                  .areAtMost(count, type("rotation.succeeded"));
            });
  }

  private static Condition<String> type(String type) {
    return new Condition<>(type::equals, type);
  }

  private void theInventoryShowsWhatLivesAtKeycard(Ledger ledger, List<Seen> mints) {
    assertThat(ledger.inventory())
        .filteredOn(entered -> entered.isActiveAt(KEYCARD))
        .extracting(Entered::upstreamId)
        .as("what is active in the inventory, against what lives at Keycard")
        .containsExactlyInAnyOrderElementsOf(liveAtKeycard(mints).stream().map(Seen::id).toList());
  }

  private static void everySecretIsRecorded(Ledger ledger, Collection<HandedOver> handedOver) {
    Map<String, UUID> rotations =
        ledger.inventory().stream().collect(toMap(Entered::upstreamId, Entered::rotation));
    assertThat(handedOver)
        .as("secrets handed over, by what is known of them")
        .allSatisfy(
            given -> {
              assertThat(rotations)
                  .as("the inventory")
                  .containsEntry(given.upstreamId(), given.rotation());
              assertThat(ledger.events().getOrDefault(given.rotation(), List.of()))
                  .as("the history of %s", given)
                  .contains("rotation.succeeded");
            });
  }

  private void everySecretWorks(
      Ledger ledger, List<Seen> mints, Collection<HandedOver> handedOver) {
    Map<String, String> newest =
        mints.stream().collect(toMap(Seen::subject, Seen::id, (_, later) -> later));
    assertThat(handedOver)
        .filteredOn(given -> !ledger.ended().contains(given.upstreamId()))
        .filteredOn(
            given ->
                !replacing
                    || !given.subject().startsWith("apps/")
                    || given.upstreamId().equals(newest.get(given.subject())))
        .as("secrets handed over that nothing has ended")
        .allMatch(given -> given.worksAt(sandbox));
  }
}
