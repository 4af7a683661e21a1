package dev.rekey.credential;

import dev.rekey.platform.PathId;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamCredential;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Compares upstream responses with the inventory, and records the differences. The comparison takes
 * no lock and no transaction, because most responses differ in nothing; {@link DriftLedger} repeats
 * it under a lock. All times are when the upstream was asked, so that a late response loses.
 */
@Component
public class DriftDetector {

  private final CredentialRepository rows;
  private final Observations observations;
  private final DriftLedger ledger;

  DriftDetector(CredentialRepository rows, Observations observations, DriftLedger ledger) {
    this.rows = rows;
    this.observations = observations;
    this.ledger = ledger;
  }

  /** Records a credential that was read by its id. */
  public void read(Subject subject, UpstreamCredential seen, Instant requestedAt) {
    recordIf(known -> isWorthRecording(known, seen, requestedAt), subject, seen, requestedAt);
  }

  /**
   * Like {@link #read}, but a response without differences is not recorded: the refresher stores
   * the times of its scans.
   */
  public void scanned(Subject subject, UpstreamCredential seen, Instant requestedAt) {
    Predicate<Credential> condition =
        known -> known.hasChanges(seen, requestedAt) || mayBeReplaced(known, requestedAt);
    recordIf(condition, subject, seen, requestedAt);
  }

  /**
   * Records a credential that a list contains. A list may lag behind, so it neither brings a
   * credential back nor changes it; a read by id does.
   */
  public void listed(Subject subject, UpstreamCredential seen, Instant requestedAt) {
    Predicate<Credential> condition =
        known -> agrees(known, seen) && isWorthRecording(known, seen, requestedAt);
    recordIf(condition, subject, seen, requestedAt);
  }

  /**
   * Records a subject's complete list. Returns the ids of the credentials to read by id, because
   * the list contradicts the inventory.
   */
  public List<PathId> listedAll(
      Subject subject, Map<PathId, UpstreamCredential> list, Instant requestedAt) {
    Map<PathId, Credential> known =
        observations.present(subject, list.keySet()).stream()
            .collect(Collectors.toMap(Credential::upstreamId, Function.identity()));
    list.forEach(
        (id, seen) -> {
          Credential row = known.get(id);
          if (row == null || row.hasChanges(seen, requestedAt)) {
            listed(subject, seen, requestedAt);
          }
        });
    return known.values().stream()
        .filter(row -> row.recordedAt().isBefore(requestedAt))
        .filter(row -> !agrees(row, list.get(row.upstreamId())))
        .map(Credential::upstreamId)
        .toList();
  }

  private static boolean agrees(Credential row, @Nullable UpstreamCredential listed) {
    return listed == null ? row.isGone() : !row.isGone() && row.drift(listed).isEmpty();
  }

  /** Records that the upstream responded 404 to a read by id. */
  public void notFound(Subject subject, PathId upstreamId, Instant requestedAt) {
    ledger.recordNotFound(subject, upstreamId, requestedAt);
  }

  private void recordIf(
      Predicate<Credential> condition, Subject subject, UpstreamCredential seen, Instant at) {
    rows.find(subject, seen.id())
        .ifPresentOrElse(
            known -> {
              if (condition.test(known)) {
                ledger.record(subject, seen, at);
              }
            },
            () -> ledger.discover(subject, seen, at));
  }

  private boolean isWorthRecording(Credential known, UpstreamCredential seen, Instant requestedAt) {
    return known.wouldChange(seen, requestedAt) || mayBeReplaced(known, requestedAt);
  }

  private boolean mayBeReplaced(Credential known, Instant requestedAt) {
    return !requestedAt.isBefore(known.observedAt()) && ledger.mayBeReplaced(known);
  }
}
