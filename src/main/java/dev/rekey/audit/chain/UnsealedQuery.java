package dev.rekey.audit.chain;

import org.jspecify.annotations.Nullable;

/** Queries the next events to seal: {@link EventColumns#SELECTED} and {@code recorded_in}. */
final class UnsealedQuery {

  private UnsealedQuery() {}

  /** The first unsealed events of {@link SealerState#goal}, in the order of the chain. */
  static String of(SealerState state, int limit) {
    return state.isRestored() ? restored(limit) : sinceSnapshot(state, limit);
  }

  // The snapshots of a restored dump are meaningless, so this searches all events.
  private static String restored(int limit) {
    return """
        select %s, '0'::xid8 from audit_event e
        where not exists (select from audit_seal s where s.event_id = e.id)
        order by e.occurred_at, e.id limit %d
        """
        .formatted(EventColumns.SELECTED, limit);
  }

  // Two parts instead of an "or", so that each is read from the index in order.
  private static String sinceSnapshot(SealerState state, int limit) {
    String inProgressThen =
        "e.recorded_in = any (array(select pg_snapshot_xip(%s)))"
            .formatted(snapshot(state.sealed()));
    String startedLater =
        "e.recorded_in >= pg_snapshot_xmax(%s) and e.recorded_in < pg_snapshot_xmax(%s)"
            .formatted(snapshot(state.sealed()), snapshot(state.goal()));
    return """
        select %s, e.recorded_in from ((%s) union all (%s)) e
        order by e.recorded_in, e.id limit %d
        """
        .formatted(
            EventColumns.SELECTED,
            part(state, inProgressThen, limit),
            part(state, startedLater, limit),
            limit);
  }

  // The seal is not excluded by "not exists", which may be planned as a join with all seals.
  private static String part(SealerState state, String range, int limit) {
    return """
        select e.* from audit_event e
        where %s and pg_visible_in_snapshot(e.recorded_in, %s)%s
          and (select s.seq from audit_seal s where s.event_id = e.id) is null
        order by e.recorded_in, e.id limit %d
        """
        .formatted(range, snapshot(state.goal()), after(state.afterXid(), state.afterId()), limit);
  }

  private static String after(@Nullable Object xid, @Nullable Object id) {
    return xid == null
        ? ""
        : " and (e.recorded_in, e.id) > ('%s'::xid8, '%s'::uuid)".formatted(xid, id);
  }

  private static String snapshot(String text) {
    return "'" + text + "'::pg_snapshot";
  }
}
