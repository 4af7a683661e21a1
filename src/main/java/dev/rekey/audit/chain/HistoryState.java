package dev.rekey.audit.chain;

import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.BoundedQueries.Planning;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Identifies the state of the history, without reading its events. */
@Component
public class HistoryState {

  private static final int MAX_RECENT = 1_000;

  /** A response that takes longer to find unchanged may as well be made. */
  private static final Duration LIMIT = Duration.ofMillis(500);

  // Sealed events follow from the head of the chain. All others have a transaction that the
  // sealer's snapshot does not know to be over. Dropping events appends one.
  private static final String STATE =
      """
      select recent.events, concat_ws(' ',
        (select concat_ws(' ', s.seq, encode(s.chain_hash, 'hex'))
          from audit_seal s order by s.seq desc limit 1),
        recent.ids) as state
      from audit_sealer k, (
        select count(*) as events, string_agg(one.id::text, ' ' order by one.id) as ids from (
          select e.id from audit_event e
          where e.recorded_in >= (select pg_snapshot_xmin(sealed) from audit_sealer)
          limit %d) one) recent
      where %s
      """
          .formatted(MAX_RECENT, SealerSql.IS_OURS);

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final JdbcClient jdbc;
  private final BoundedQueries queries;

  private volatile @Nullable Read last;

  /** A state, and when its query began, in nanoseconds of {@link System#nanoTime}. */
  private record Read(Optional<String> state, long began) {}

  HistoryState(JdbcClient jdbc, BoundedQueries queries) {
    this.jdbc = jdbc;
    this.queries = queries;
  }

  /**
   * A text that differs before and after events are appended, sealed or dropped. Empty if too many
   * events are not sealed, if the sealer's position is of another database, or if the database
   * takes too long.
   */
  public Optional<String> now() {
    long began = System.nanoTime();
    Optional<String> state = read();
    last = new Read(state, began);
    return state;
  }

  /** Like {@link #now}, but the state may be up to a second old. Costs a query a second at most. */
  public Optional<String> thisSecond() {
    Read known = last;
    return known != null && System.nanoTime() - known.began() < SECOND.toNanos()
        ? known.state()
        : now();
  }

  private Optional<String> read() {
    return queries
        .tryRead(
            Planning.ONCE,
            LIMIT,
            () ->
                jdbc.sql(STATE)
                    .query((row, _) -> row.getLong("events") < MAX_RECENT ? row.getString(2) : "")
                    .optional()
                    .orElse(""))
        .filter(state -> !state.isEmpty());
  }
}
