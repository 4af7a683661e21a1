package dev.rekey.rotation;

import dev.rekey.platform.PathId;
import dev.rekey.rotation.ReconcileLedger.ChangeDue;
import dev.rekey.rotation.ReconcileLedger.MintDue;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.Upstream.Retired;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.Upstreams;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Finds out what became of changes at upstreams whose outcome is not known, and ends credentials
 * that one of our mints made and whose secret nobody got. It runs on every replica; what one has
 * taken over, the others leave alone.
 */
@Component
class Reconciler {

  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

  private static final int MOST_AT_ONCE = 16;
  private static final int MIN_LOOKS = 3;
  private static final int PAGE = 100;

  /** How far an upstream's clock may be off from the database's. */
  private static final Duration SKEW = Duration.ofMinutes(5);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  /** For how long a credential is looked for that may come after all. */
  static final Duration LATE_SIGHTINGS = Duration.ofHours(24);

  private static final Duration REMOVAL_PAUSE = Duration.ofSeconds(5);
  private static final Duration MAX_REMOVAL_PAUSE = Duration.ofMinutes(10);

  private final ReconcileLedger ledger;
  private final Upstreams upstreams;
  private final RotationProperties properties;
  private final RotationMetrics metrics;
  private final Clock clock;

  Reconciler(
      ReconcileLedger ledger,
      Upstreams upstreams,
      RotationProperties properties,
      RotationMetrics metrics,
      Clock clock) {
    this.ledger = ledger;
    this.upstreams = upstreams;
    this.properties = properties;
    this.metrics = metrics;
    this.clock = clock;
  }

  /**
   * Observations once at everything that is due. Returns when all that it took over is done with.
   */
  @Scheduled(
      fixedDelayString =
          "${rekey.rotation.reconcile-every:" + RotationProperties.RECONCILE_EVERY + "}")
  void sweep() {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ledger
          .claimMints(upstreams.listable(), MOST_AT_ONCE)
          .forEach(
              due ->
                  threads.execute(() -> guarded(due.subject(), due.rotation(), () -> settle(due))));
      ledger
          .claimChanges(MOST_AT_ONCE)
          .forEach(
              due ->
                  threads.execute(
                      () -> guarded(due.subject(), due.change().rotation(), () -> settle(due))));
    }
  }

  /** Forgets keys that protect nothing any more. */
  @Scheduled(fixedDelayString = "1h")
  void forgetKeys() {
    int forgotten = ledger.forgetKeys(properties.keepIdempotencyKeys());
    if (forgotten > 0) {
      log.info("Forgot {} idempotency keys", forgotten);
    }
  }

  // What fails here stays taken over for a while, and is then tried again by any replica.
  private static void guarded(Object subject, @Nullable UUID rotation, Runnable work) {
    try (var _ = rotation == null ? null : RotationLog.about(rotation)) {
      work.run();
    } catch (DataAccessException | TransactionException e) {
      log.warn("Reconciling {} was put off: {}", subject, e.getClass().getSimpleName());
    } catch (RuntimeException e) {
      log.error("Reconciling {} failed", subject, e);
    }
  }

  private void settle(MintDue due) {
    Upstream upstream = upstreams.of(due.subject());
    PathId made = due.made();
    if (made != null) {
      remove(due, upstream, made);
    } else if (upstream instanceof ListableUpstream listing) {
      search(due, listing);
    } else {
      ledger.again(due, null);
    }
  }

  private void search(MintDue due, ListableUpstream upstream) {
    Optional<List<UpstreamCredential>> found = tagged(due, upstream);
    if (found.isEmpty()) {
      ledger.again(due, pause(due.checks()));
    } else if (found.get().isEmpty()) {
      nothingFound(due);
    } else {
      // What is to be removed comes last, so that it decides when to look again.
      for (UpstreamCredential credential : found.get()) {
        if (!isInWindow(due, credential)) {
          ledger.orphanSuspected(
              due, credential.id(), "its creation lies outside of the attempt's time");
        }
      }
      found.get().stream()
          .filter(credential -> isInWindow(due, credential))
          .forEach(credential -> remove(due, upstream, credential.id()));
    }
  }

  private void nothingFound(MintDue due) {
    Instant now = clock.instant();
    if (due.state() == MutationState.NOT_APPLIED) {
      boolean goOn = now.isBefore(due.leaseUntil().plus(LATE_SIGHTINGS));
      ledger.again(due, goOn ? properties.consistencyWindow().multipliedBy(2) : null);
    } else if (due.checks() >= MIN_LOOKS
        && now.isAfter(due.leaseUntil().plus(properties.consistencyWindow()))) {
      if (ledger.notApplied(
          due,
          "after " + due.checks() + " looks, no credential of this attempt is there",
          properties.consistencyWindow())) {
        metrics.of(due.subject()).reconciled(MutationState.NOT_APPLIED);
      }
    } else {
      ledger.again(due, pause(due.checks()));
    }
  }

  private void remove(MintDue due, Upstream upstream, PathId made) {
    if (!ledger.orphanFound(due, made)) {
      ledger.again(due, null);
      return;
    }
    Reply<Retired> reply = upstream.retire(due.subject(), made);
    if (reply instanceof Reply.Success<Retired>) {
      if (ledger.orphanRemoved(due, made)) {
        metrics.of(due.subject()).reconciled(MutationState.ORPHAN_REMOVED);
        log.info("Credential {} of {} was nobody's and is gone", made, due.subject());
      }
    } else {
      log.warn(
          "Credential {} of {} is nobody's and could not be ended yet: {}",
          made,
          due.subject(),
          Outcome.of(reply).reason());
      int tries = made.equals(due.made()) ? due.checks() : 1;
      ledger.again(due, Pause.backoff(REMOVAL_PAUSE, tries, MAX_REMOVAL_PAUSE));
    }
  }

  /** The credentials that name the attempt; empty if the list could not be had. */
  private static Optional<List<UpstreamCredential>> tagged(MintDue due, ListableUpstream upstream) {
    var found = new ArrayList<UpstreamCredential>();
    @Nullable String after = null;
    do {
      var query = new ListableUpstream.Query(PAGE, after, null, false);
      if (!(upstream.list(due.subject(), query)
          instanceof Reply.Success<ListableUpstream.Page>(var page))) {
        return Optional.empty();
      }
      page.items().stream()
          .filter(item -> due.attempt().equals(item.attempt()))
          .forEach(found::add);
      after = page.hasNextPage() ? page.endCursor() : null;
    } while (after != null);
    return Optional.of(found);
  }

  // Somebody may have copied the mark by hand into a credential of their own.
  private boolean isInWindow(MintDue due, UpstreamCredential credential) {
    Instant created = credential.createdAt();
    return created != null
        && !created.isBefore(due.startedAt().minus(SKEW))
        && !created.isAfter(due.leaseUntil().plus(properties.consistencyWindow()).plus(SKEW));
  }

  private void settle(ChangeDue due) {
    Upstream upstream = upstreams.of(due.subject());
    Instant asked = clock.instant();
    switch (upstream.read(due.subject(), due.change().target())) {
      case Reply.Success<UpstreamCredential>(var seen) -> settle(due, seen, asked);
      case Reply.ErrorStatus<UpstreamCredential>(int status, var _, var _) when status == 404 ->
          conclude(due, due.change().kind() != ChangeKind.UPDATE, null, asked, "it is gone");
      default -> ledger.again(due, pause(due.checks()));
    }
  }

  private void settle(ChangeDue due, UpstreamCredential seen, Instant asked) {
    boolean applied =
        due.change().kind() == ChangeKind.UPDATE ? isAsWanted(due, seen) : seen.deletedAt() != null;
    if (applied) {
      conclude(due, true, seen, asked, "a later look shows it");
    } else if (due.checks() >= MIN_LOOKS
        && clock.instant().isAfter(due.leaseUntil().plus(properties.consistencyWindow()))) {
      conclude(due, false, seen, asked, "after " + due.checks() + " looks, it is as it was");
    } else {
      ledger.again(due, pause(due.checks()));
    }
  }

  private static boolean isAsWanted(ChangeDue due, UpstreamCredential seen) {
    String name = due.wanted().name();
    String description = due.wanted().description();
    return (name == null || name.equals(seen.name()))
        && (description == null
            || description.equals(seen.description() == null ? "" : seen.description()));
  }

  private void conclude(
      ChangeDue due,
      boolean applied,
      @Nullable UpstreamCredential seen,
      Instant asked,
      String reason) {
    if (ledger.conclude(due, applied, seen, asked, reason)) {
      metrics
          .of(due.subject())
          .reconciled(applied ? MutationState.SUCCEEDED : MutationState.NOT_APPLIED);
    }
  }

  // At least four looks fit into the window.
  private Duration pause(int checks) {
    return Pause.backoff(FIRST_PAUSE, checks, properties.consistencyWindow().dividedBy(4));
  }
}
