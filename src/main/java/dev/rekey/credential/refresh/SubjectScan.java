package dev.rekey.credential.refresh;

import dev.rekey.credential.DriftDetector;
import dev.rekey.credential.Observations;
import dev.rekey.credential.refresh.ScanTargets.ScanTarget;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Pages;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Flaw;
import dev.rekey.upstream.Reply.Obstacle;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamCredential;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Compares one subject or directory with the inventory, and records the differences. */
@Component
class SubjectScan {

  private static final int PAGE_SIZE = 100;

  private final DriftDetector drift;
  private final ScanTargets targets;
  private final Observations observations;
  private final Clock clock;

  SubjectScan(DriftDetector drift, ScanTargets targets, Observations observations, Clock clock) {
    this.drift = drift;
    this.targets = targets;
    this.observations = observations;
    this.clock = clock;
  }

  /** The result of one scan of a subject or a directory. */
  sealed interface ScanResult {

    /** Every possible {@link #outcome}. */
    List<String> OUTCOMES = List.of("whole", "failed", "put-off");

    /**
     * Everything was read, and differences were recorded.
     *
     * @param isEmpty true if no credential is left to scan
     */
    record Complete(boolean isEmpty) implements ScanResult {}

    /**
     * The scan failed for a reason that may concern only this subject.
     *
     * @param mayBeUpstream true if the upstream as a whole may be the cause
     */
    record Failed(String reason, boolean mayBeUpstream) implements ScanResult {}

    /** The scan failed for a reason that concerns every subject. */
    record Postponed(String reason) implements ScanResult {}

    /** Returns the value of the metric's tag. */
    default String outcome() {
      return switch (this) {
        case Complete _ -> "whole";
        case Failed _ -> "failed";
        case Postponed _ -> "put-off";
      };
    }
  }

  /** Ends a scan before it is complete. */
  private static final class ScanStopped extends RuntimeException {

    private static final long serialVersionUID = 1;
    private final transient ScanResult result;

    ScanStopped(ScanResult result) {
      super(null, null, false, false);
      this.result = result;
    }
  }

  /** Scans a target. Asks {@code mayContinue} before every further request; false postpones it. */
  ScanResult scan(Upstream upstream, ScanTarget target, BooleanSupplier mayContinue) {
    var subject = new Subject(upstream.name(), target.name());
    try {
      if (!(upstream instanceof ListableUpstream listable)) {
        return scanByIds(upstream, subject, mayContinue);
      }
      return target.isDirectory()
          ? scanDirectory(listable, target, mayContinue)
          : scanList(listable, subject, target, mayContinue);
    } catch (ScanStopped stopped) {
      return stopped.result;
    }
  }

  private ScanResult scanDirectory(
      ListableUpstream upstream, ScanTarget directory, BooleanSupplier mayContinue) {
    Instant requestedAt = clock.instant();
    readPages(
        Pages.OF_DIRECTORY,
        cursor ->
            upstream.subjects(directory.name(), cursor).flatMap(page -> watch(upstream, page)),
        mayContinue);
    return complete(upstream, directory, requestedAt);
  }

  private Reply<Optional<String>> watch(Upstream upstream, ListableUpstream.SubjectPage page) {
    if (!page.subjects().isEmpty()) {
      observations.watch(upstream.name(), page.subjects().stream().map(Subject::name).toList());
    }
    return new Reply.Success<>(page.next());
  }

  /** The credentials of a list. */
  private static final class CredentialList {

    private final Map<PathId, UpstreamCredential> items = new LinkedHashMap<>();
    private boolean exists = true;

    /** Adds a page; returns the cursor of the next one, empty if there is none. */
    Reply<Optional<String>> add(Reply<ListableUpstream.Page> reply) {
      if (reply instanceof Reply.ErrorStatus<?> error && error.status() == 404) {
        exists = false;
        return new Reply.Success<>(Optional.empty());
      }
      return reply.flatMap(
          page -> {
            page.items().forEach(item -> items.put(item.id(), item));
            return new Reply.Success<>(page.next());
          });
    }
  }

  private ScanResult scanList(
      ListableUpstream upstream, Subject subject, ScanTarget target, BooleanSupplier mayContinue) {
    Instant requestedAt = clock.instant();
    var list = new CredentialList();
    readPages(
        Pages.OF_SUBJECT,
        cursor ->
            list.add(
                upstream.list(subject, new ListableUpstream.Query(PAGE_SIZE, cursor, null, false))),
        mayContinue);
    readByIds(upstream, subject, drift.listedAll(subject, list.items, requestedAt), mayContinue);
    if (list.exists) {
      return complete(upstream, target, requestedAt);
    }
    return new ScanResult.Complete(!observations.hasPresent(subject));
  }

  private ScanResult scanByIds(Upstream upstream, Subject subject, BooleanSupplier mayContinue) {
    readByIds(upstream, subject, observations.readableIds(subject, clock.instant()), mayContinue);
    return new ScanResult.Complete(false);
  }

  private void readByIds(
      Upstream upstream, Subject subject, List<PathId> ids, BooleanSupplier mayContinue) {
    for (PathId id : ids) {
      stopUnless(mayContinue);
      Instant requestedAt = clock.instant();
      Reply<UpstreamCredential> reply = upstream.read(subject, id);
      if (reply instanceof Reply.ErrorStatus<?> error && error.status() == 404) {
        drift.notFound(subject, id, requestedAt);
      } else {
        drift.scanned(subject, valueOrStop(reply), requestedAt);
      }
    }
  }

  private static void readPages(
      int max,
      Function<@Nullable String, Reply<Optional<String>>> page,
      BooleanSupplier mayContinue) {
    Function<@Nullable String, Reply<Optional<String>>> next =
        cursor -> {
          if (cursor != null) {
            stopUnless(mayContinue);
          }
          return page.apply(cursor);
        };
    valueOrStop(Pages.readAll(max, next));
  }

  private static void stopUnless(BooleanSupplier mayContinue) {
    if (!mayContinue.getAsBoolean()) {
      throw new ScanStopped(new ScanResult.Postponed("another replica continues"));
    }
  }

  private ScanResult complete(Upstream upstream, ScanTarget target, Instant requestedAt) {
    if (!target.wasComplete()) {
      targets.completed(upstream.name(), target.name(), requestedAt);
    }
    return new ScanResult.Complete(false);
  }

  private static <T> T valueOrStop(Reply<T> reply) {
    if (reply instanceof Reply.Success<T>(var value)) {
      return value;
    }
    throw new ScanStopped(failure(reply));
  }

  private static ScanResult failure(Reply<?> reply) {
    return switch (reply) {
      // A proxy may intercept the requests for this subject only.
      case Reply.NotSent<?>(var obstacle) when obstacle == Obstacle.INTERCEPTED ->
          new ScanResult.Failed(obstacle.toString(), true);
      case Reply.NotSent<?>(var obstacle) -> new ScanResult.Postponed(obstacle.toString());
      case Reply.ErrorStatus<?>(int status, var _, var _) when status == 429 || status == 401 ->
          new ScanResult.Postponed("it responded " + status);
      case Reply.ErrorStatus<?>(int status, var _, var _) ->
          new ScanResult.Failed("it responded " + status, status >= 500);
      case Reply.Unusable<?>(var flaw, var _) ->
          new ScanResult.Failed(flaw.toString(), flaw != Flaw.ENDLESS);
      case Reply.Lost<?>(var loss) -> new ScanResult.Failed(loss.toString(), true);
      case Reply.Success<?> _ -> throw new IllegalArgumentException("a success is no failure");
    };
  }
}
