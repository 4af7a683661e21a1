package dev.rekey.credential.refresh;

import dev.rekey.credential.Credential;
import dev.rekey.credential.DriftDetector;
import dev.rekey.credential.Observations;
import dev.rekey.credential.refresh.RefreshRuns.Watched;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Obstacle;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamCredential;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Compares what an upstream has with the inventory, one subject or directory at a time. */
@Component
class SubjectScan {

  private static final int PAGE = 100;
  private static final int MOST_PAGES = 1_000;

  // For how long one that has gone is asked for, where no list would show it again.
  private static final Duration ALWAYS = Duration.ofDays(365_000);
  private static final Duration AFTER_MISSING = Duration.ofDays(30);
  private static final Duration AFTER_RETIRED = Duration.ofDays(1);

  private static final Look INTERRUPTED = new Look.PutOff("another replica goes on");

  private final DriftDetector drift;
  private final RefreshRuns passes;
  private final Observations looks;
  private final Clock clock;

  SubjectScan(DriftDetector drift, RefreshRuns passes, Observations looks, Clock clock) {
    this.drift = drift;
    this.passes = passes;
    this.looks = looks;
    this.clock = clock;
  }

  /** What came of a look. */
  sealed interface Look {

    /** Every {@link #outcome} there is. */
    List<String> OUTCOMES = List.of("whole", "failed", "put-off");

    /** Everything was seen, and noted where it was news. */
    record Whole() implements Look {}

    /** Everything was seen, and there is nothing to look at any more. */
    record NothingLeft() implements Look {}

    /**
     * It failed for a reason that may be this subject's.
     *
     * @param isSick whether it may as well be the upstream's
     */
    record Failed(String reason, boolean isSick) implements Look {}

    /** It failed for a reason that concerns all subjects. */
    record PutOff(String reason) implements Look {}

    /** A word for it, for a metric. */
    default String outcome() {
      return switch (this) {
        case Whole _, NothingLeft _ -> "whole";
        case Failed _ -> "failed";
        case PutOff _ -> "put-off";
      };
    }
  }

  /**
   * Looks at one.
   *
   * @param goesOn whether it is still to be looked at, asked between two requests
   */
  Look look(Upstream upstream, Watched watched, BooleanSupplier goesOn) {
    if (watched.isDirectory()) {
      return directory((ListableUpstream) upstream, watched, goesOn);
    }
    var subject = new Subject(upstream.name(), watched.name());
    return upstream instanceof ListableUpstream listing
        ? listed(listing, subject, watched, goesOn)
        : byIds(upstream, subject, goesOn);
  }

  private Look directory(ListableUpstream upstream, Watched directory, BooleanSupplier goesOn) {
    Instant asked = clock.instant();
    String after = null;
    for (int page = 0; page < MOST_PAGES; page++) {
      Reply<ListableUpstream.SubjectPage> reply = upstream.subjects(directory.name(), after);
      if (!(reply instanceof Reply.Success<ListableUpstream.SubjectPage>(var found))) {
        return failure(reply);
      }
      if (!found.subjects().isEmpty()) {
        looks.watch(upstream.name(), found.subjects().stream().map(Subject::name).toList());
      }
      after = found.next();
      if (after == null) {
        return whole(upstream, directory, asked);
      }
      if (!goesOn.getAsBoolean()) {
        return INTERRUPTED;
      }
    }
    return new Look.Failed("its list has no end", false);
  }

  private Look listed(
      ListableUpstream upstream, Subject subject, Watched watched, BooleanSupplier goesOn) {
    Instant asked = clock.instant();
    var seen = new LinkedHashMap<PathId, UpstreamCredential>();
    boolean exists = true;
    String after = null;
    int pages = 0;
    do {
      if (++pages > MOST_PAGES) {
        return new Look.Failed("its list has no end", false);
      }
      if (pages > 1 && !goesOn.getAsBoolean()) {
        return INTERRUPTED;
      }
      switch (upstream.list(subject, new ListableUpstream.Query(PAGE, after, null, false))) {
        case Reply.Success<ListableUpstream.Page>(var page) -> {
          page.items().forEach(item -> seen.put(item.id(), item));
          after = page.hasNextPage() ? page.endCursor() : null;
        }
        case Reply.ErrorStatus<ListableUpstream.Page>(int status, var _, var _)
            when status == 404 -> {
          // The service account has gone; each of its credentials is asked for by itself.
          exists = false;
          after = null;
        }
        case Reply<ListableUpstream.Page> other -> {
          return failure(other);
        }
      }
    } while (after != null);

    Map<PathId, Credential> known =
        looks.present(subject, seen.keySet()).stream()
            .collect(Collectors.toMap(Credential::upstreamId, Function.identity()));
    for (UpstreamCredential item : seen.values()) {
      Credential row = known.get(item.id());
      if (row == null || row.hasChanges(item, asked)) {
        drift.listed(subject, item, asked);
      }
    }
    List<PathId> unclear =
        known.values().stream()
            .filter(row -> isUnclear(row, seen.get(row.upstreamId()), asked))
            .map(Credential::upstreamId)
            .toList();
    Look failure = ask(upstream, subject, unclear, goesOn);
    if (failure != null) {
      return failure;
    }
    return exists ? whole(upstream, watched, asked) : unlessSomeAreLeft(subject);
  }

  // A list may show what has gone or how it was, and lack what has just come.
  private static boolean isUnclear(
      Credential row, @Nullable UpstreamCredential listed, Instant asked) {
    boolean isLikeTheList =
        listed == null ? row.isGone() : !row.isGone() && row.drift(listed).isEmpty();
    return !isLikeTheList && row.recordedAt().isBefore(asked);
  }

  private Look byIds(Upstream upstream, Subject subject, BooleanSupplier goesOn) {
    Instant now = clock.instant();
    List<PathId> ids =
        looks.all(subject).stream()
            .filter(row -> row.observedAt().plus(mayReappear(row)).isAfter(now))
            .map(Credential::upstreamId)
            .toList();
    Look failure = ask(upstream, subject, ids, goesOn);
    return failure == null ? new Look.Whole() : failure;
  }

  private static Duration mayReappear(Credential row) {
    return switch (row.status()) {
      case ACTIVE, RETIRING, EXPIRED -> ALWAYS;
      case MISSING -> AFTER_MISSING;
      case RETIRED -> AFTER_RETIRED;
    };
  }

  /** Asks for each by its id; null if that did not fail. */
  private @Nullable Look ask(
      Upstream upstream, Subject subject, List<PathId> ids, BooleanSupplier goesOn) {
    for (PathId id : ids) {
      if (!goesOn.getAsBoolean()) {
        return INTERRUPTED;
      }
      Instant asked = clock.instant();
      switch (upstream.read(subject, id)) {
        case Reply.Success<UpstreamCredential>(var seen) -> drift.scanned(subject, seen, asked);
        case Reply.ErrorStatus<UpstreamCredential>(int status, var _, var _) when status == 404 ->
            drift.notFound(subject, id, asked);
        case Reply<UpstreamCredential> other -> {
          return failure(other);
        }
      }
    }
    return null;
  }

  private Look whole(Upstream upstream, Watched watched, Instant asked) {
    if (!watched.wasSeenWhole()) {
      passes.seenWhole(upstream.name(), watched.name(), asked);
    }
    return new Look.Whole();
  }

  private Look unlessSomeAreLeft(Subject subject) {
    return looks.present(subject, List.of()).isEmpty() ? new Look.NothingLeft() : new Look.Whole();
  }

  private static Look failure(Reply<?> reply) {
    return switch (reply) {
      // It may be that no request for this subject gets through.
      case Reply.NotSent<?>(var obstacle) when obstacle == Obstacle.INTERCEPTED ->
          new Look.Failed(obstacle.toString(), true);
      case Reply.NotSent<?>(var obstacle) -> new Look.PutOff(obstacle.toString());
      case Reply.ErrorStatus<?>(int status, var _, var _) when status == 429 || status == 401 ->
          new Look.PutOff("it answered " + status);
      case Reply.ErrorStatus<?>(int status, var _, var _) ->
          new Look.Failed("it answered " + status, status >= 500);
      case Reply.Unusable<?>(var flaw, var _) -> new Look.Failed(flaw.toString(), true);
      case Reply.Lost<?>(var loss) -> new Look.Failed(loss.toString(), true);
      case Reply.Success<?> _ -> throw new IllegalArgumentException("a success is no failure");
    };
  }
}
