package dev.rekey.rotation;

import dev.rekey.platform.PathId;
import dev.rekey.platform.Pause;
import dev.rekey.rotation.ChangeReconcileLedger.DueChange;
import dev.rekey.rotation.MintReconcileLedger.DueMint;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Pages;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Finds out the outcome of changes whose outcome is unknown, and retires credentials that Rekey
 * minted and did not deliver. Runs on every replica; no two replicas work on the same change.
 */
@Component
class Reconciler {

  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

  private static final int MIN_CHECKS = 3;
  private static final int PAGE = 100;

  /** How much the upstream's clock and the database's clock may differ. */
  private static final Duration SKEW = Duration.ofMinutes(5);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  /** How long after its lease a mint may still take effect. */
  static final Duration LATE_EFFECT = Duration.ofHours(24);

  private static final Duration FIRST_REMOVAL_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_REMOVAL_PAUSE = Duration.ofMinutes(10);

  private final MintReconcileLedger mints;
  private final ChangeReconcileLedger changes;
  private final IdempotencyKeys keys;
  private final Upstreams upstreams;
  private final RotationProperties properties;
  private final RotationMetrics metrics;
  private final Clock clock;

  Reconciler(
      MintReconcileLedger mints,
      ChangeReconcileLedger changes,
      IdempotencyKeys keys,
      Upstreams upstreams,
      RotationProperties properties,
      RotationMetrics metrics,
      Clock clock) {
    this.mints = mints;
    this.changes = changes;
    this.keys = keys;
    this.upstreams = upstreams;
    this.properties = properties;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Checks everything that is due, once. Returns when all claimed work is done. */
  @Scheduled(
      fixedDelayString =
          "${rekey.rotation.reconcile-every:" + RotationProperties.RECONCILE_EVERY + "}")
  void sweep() {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (DueMint due : mints.claim(upstreams.listable())) {
        String what = "Reconciling " + due.subject();
        threads.execute(() -> ClaimedWork.run(log, what, due.rotation(), () -> settle(due)));
      }
      for (DueChange due : changes.claim()) {
        String what = "Reconciling " + due.subject();
        threads.execute(
            () -> ClaimedWork.run(log, what, due.change().rotation(), () -> settle(due)));
      }
    }
  }

  /** Deletes idempotency keys that are no longer needed. */
  @Scheduled(fixedDelayString = "1h")
  void forgetKeys() {
    int deleted = keys.deleteUnusedFor(properties.keepIdempotencyKeys());
    if (deleted > 0) {
      log.info("Deleted {} idempotency keys", deleted);
    }
  }

  private void settle(DueMint due) {
    Upstream upstream = upstreams.of(due.subject());
    PathId made = due.made();
    if (made != null) {
      remove(due, upstream, made);
    } else if (upstream instanceof ListableUpstream listable) {
      search(due, listable);
    } else {
      mints.checkAgain(due, null);
    }
  }

  private void search(DueMint due, ListableUpstream upstream) {
    Optional<List<UpstreamCredential>> found = tagged(due, upstream);
    if (found.isEmpty()) {
      mints.checkAgain(due, pause(due.checks()));
    } else if (found.get().isEmpty()) {
      nothingFound(due);
    } else {
      // Removals come last, because the last one decides when the attempt is checked again.
      for (UpstreamCredential credential : found.get()) {
        if (!isOrphan(due, upstream, credential)) {
          mints.orphanSuspected(due, credential.id(), "it was not created during the attempt");
        }
      }
      found.get().stream()
          .filter(credential -> isOrphan(due, upstream, credential))
          .forEach(credential -> remove(due, upstream, credential.id()));
    }
  }

  private void nothingFound(DueMint due) {
    Instant now = clock.instant();
    if (due.state() == MutationState.NOT_APPLIED) {
      boolean goOn = now.isBefore(due.leaseUntil().plus(LATE_EFFECT));
      mints.checkAgain(due, goOn ? properties.consistencyWindow().multipliedBy(2) : null);
    } else if (due.checks() >= MIN_CHECKS && isConsistent(due)) {
      if (mints.notApplied(
          due,
          "after " + due.checks() + " checks, no credential of this attempt exists",
          properties.consistencyWindow())) {
        metrics.of(due.subject()).reconciled(MutationState.NOT_APPLIED);
      }
    } else {
      mints.checkAgain(due, pause(due.checks()));
    }
  }

  private void remove(DueMint due, Upstream upstream, PathId made) {
    if (!mints.orphanFound(due, made)) {
      mints.checkAgain(due, null);
      return;
    }
    Reply<Retired> reply = upstream.retire(due.subject(), made);
    if (reply instanceof Reply.Success<Retired>(var how)) {
      if (how == Retired.ALREADY_GONE && made.equals(due.made()) && !isConsistent(due)) {
        // The upstream may not know it yet.
        mints.checkAgain(due, pause(due.checks()));
      } else if (mints.orphanRemoved(due, made)) {
        metrics.of(due.subject()).reconciled(MutationState.ORPHAN_REMOVED);
        log.info("Removed orphaned credential {} of {}", made, due.subject());
      }
    } else {
      log.warn(
          "Orphaned credential {} of {} could not be removed yet: {}",
          made,
          due.subject(),
          Outcome.of(reply).reason());
      int tries = made.equals(due.made()) ? due.checks() : 1;
      mints.checkAgain(due, Pause.backoff(FIRST_REMOVAL_PAUSE, tries, LONGEST_REMOVAL_PAUSE));
    }
  }

  private boolean isConsistent(DueMint due) {
    return clock.instant().isAfter(due.leaseUntil().plus(properties.consistencyWindow()));
  }

  /** The credentials that name the attempt; empty if the list could not be read. */
  private static Optional<List<UpstreamCredential>> tagged(DueMint due, ListableUpstream upstream) {
    var found = new ArrayList<UpstreamCredential>();
    Reply<Optional<String>> end =
        Pages.readAll(
            Pages.OF_SUBJECT,
            after ->
                upstream
                    .list(due.subject(), new ListableUpstream.Query(PAGE, after, null, false))
                    .flatMap(page -> collect(due, page, found)));
    if (end instanceof Reply.Success<Optional<String>>) {
      return Optional.of(found);
    }
    log.info(
        "The credentials of {} could not be listed: {}", due.subject(), Outcome.of(end).reason());
    return Optional.empty();
  }

  private static Reply<Optional<String>> collect(
      DueMint due, ListableUpstream.Page page, List<UpstreamCredential> found) {
    page.items().stream().filter(item -> due.attempt().equals(item.attempt())).forEach(found::add);
    return new Reply.Success<>(page.next());
  }

  // A person may have copied the tag into the description of another credential.
  private boolean isOrphan(DueMint due, Upstream upstream, UpstreamCredential credential) {
    Instant created = credential.createdAt();
    return created != null
        && !upstream.isOwnLogin(credential.clientId())
        && !created.isBefore(due.startedAt().minus(SKEW))
        && !created.isAfter(due.leaseUntil().plus(properties.consistencyWindow()).plus(SKEW));
  }

  private void settle(DueChange due) {
    Upstream upstream = upstreams.of(due.subject());
    Instant asked = clock.instant();
    switch (upstream.read(due.subject(), due.change().target())) {
      case Reply.Success<UpstreamCredential>(var seen) -> settle(due, seen, asked);
      case Reply.ErrorStatus<UpstreamCredential>(int status, var _, var _) when status == 404 ->
          conclude(due, due.change().kind() != ChangeKind.UPDATE, null, asked, "it is gone");
      default -> changes.checkAgain(due, pause(due.checks()));
    }
  }

  private void settle(DueChange due, UpstreamCredential seen, Instant asked) {
    boolean applied =
        due.change().kind() == ChangeKind.UPDATE
            ? isAsRequested(due, seen)
            : seen.deletedAt() != null;
    if (applied) {
      conclude(due, true, seen, asked, "a later check shows it");
    } else if (due.checks() >= MIN_CHECKS
        && clock.instant().isAfter(due.leaseUntil().plus(properties.consistencyWindow()))) {
      conclude(due, false, seen, asked, "unchanged after " + due.checks() + " checks");
    } else {
      changes.checkAgain(due, pause(due.checks()));
    }
  }

  private static boolean isAsRequested(DueChange due, UpstreamCredential seen) {
    String name = due.change().update().name();
    String description = due.change().update().description();
    return (name == null || name.equals(seen.name()))
        && (description == null
            || description.equals(seen.description() == null ? "" : seen.description()));
  }

  private void conclude(
      DueChange due,
      boolean applied,
      @Nullable UpstreamCredential seen,
      Instant asked,
      String reason) {
    if (changes.conclude(due, applied, seen, asked, reason)) {
      metrics
          .of(due.subject())
          .reconciled(applied ? MutationState.SUCCEEDED : MutationState.NOT_APPLIED);
    }
  }

  // At least four checks fit into the window.
  private Duration pause(int checks) {
    return Pause.backoff(FIRST_PAUSE, checks, properties.consistencyWindow().dividedBy(4));
  }
}
