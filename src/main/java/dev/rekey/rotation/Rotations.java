package dev.rekey.rotation;

import dev.rekey.access.SubjectFilter;
import dev.rekey.access.Visibility;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.Counted;
import dev.rekey.platform.query.Cursor;
import dev.rekey.platform.query.Cursors.PageRequest;
import dev.rekey.platform.query.Selection;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.platform.query.TimeRange;
import dev.rekey.platform.query.Totals;
import dev.rekey.rotation.RotationView.Attempt;
import dev.rekey.rotation.RotationView.Delivery;
import dev.rekey.rotation.RotationView.Requester;
import dev.rekey.rotation.RotationView.Retirement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Reads rotations with their status, attempts and retirements, in one query. */
@Component
class Rotations {

  private static final String SELECT =
      "select "
          + RotationStatuses.COLUMNS
          + ", "
          + Need.COLUMNS
          + """
          , r.reason, r.actor_id, r.actor_client_id, r.actor_team, r.request_id, r.trace_id,
            r.requested_at, r.closed_at, r.credential_id, r.delivered_at, r.replaces,
            r.confirmed_at, r.reverted_at, r.unconfirmed_at, d.mode as delivery_mode,
            d.mints as delivery_mints, d.delivered_at as delivery_at,
            d.restarted_at as delivery_restarted_at, d.last_failure as delivery_failure,
            (select coalesce(json_agg(json_build_object(
                'id', a.id, 'number', a.number, 'state', a.state, 'reason', a.reason,
                'upstreamStatus', a.upstream_status, 'startedAt', a.started_at,
                'closedAt', a.closed_at) order by a.number), '[]')
              from rotation_attempt a where a.rotation_id = r.id) as attempts,
            (select coalesce(json_agg(json_build_object(
                'credentialId', t.credential_id, 'dueAt', t.due_at, 'doneAt', t.done_at,
                'tries', t.tries, 'lastFailure', t.last_failure)
                order by t.due_at, t.credential_id), '[]')
              from retirement t where t.rotation_id = r.id) as retirements
          """;

  private static final String NEWEST_FIRST = " order by r.requested_at desc, r.id desc";

  /** Those that made a credential, or were to replace it; all of them have its subject. */
  private static final String OF_CREDENTIALS =
      """
      r.id = any (array(
        select o.id from credential c
        join rotation o on o.subject = c.subject and o.upstream = c.upstream
        where c.id = any (:credentials) and (o.credential_id = c.id or o.replaces = c.id)))
      """;

  private static final String ADVICE =
      "Narrow the search: add a filter such as subject, credentialId or state, or a shorter time"
          + " between from and to.";

  private static final TypeReference<List<Attempt>> ATTEMPTS = new TypeReference<>() {};
  private static final TypeReference<List<Retirement>> RETIREMENTS = new TypeReference<>() {};

  private static final JsonMapper JSON = JsonMapper.shared();

  private final JdbcClient jdbc;
  private final BoundedQueries queries;
  private final Totals totals;

  Rotations(JdbcClient jdbc, BoundedQueries queries) {
    this.jdbc = jdbc;
    this.queries = queries;
    this.totals = new Totals(jdbc, queries);
  }

  /** The criteria of a search. A part that is null or empty restricts nothing. */
  record Filter(
      List<MutationState> states,
      List<Need> needs,
      List<String> upstreams,
      @Nullable SubjectFilter subject,
      Selection<String> teams,
      List<UUID> credentials,
      TimeRange requested) {

    /** The list's identity, for its cursors. */
    List<@Nullable Object> parts() {
      return Arrays.asList(
          "rotations",
          states,
          needs,
          upstreams,
          subject,
          teams.toString(),
          credentials,
          requested.from(),
          requested.to());
    }

    /** Whether PostgreSQL has to find the rotations by their upstream. */
    private boolean isByUpstream() {
      return !upstreams.isEmpty()
          && states.isEmpty()
          && needs.isEmpty()
          && subject == null
          && credentials.isEmpty();
    }

    /** The conditions on {@code rotation r}. */
    Conditions conditions() {
      Conditions where = conditionsExceptUpstream();
      Selection.of(upstreams).addTo(where, "r.upstream", "upstreams");
      return where;
    }

    private Conditions conditionsExceptUpstream() {
      var where = new Conditions();
      Selection.of(states).addTo(where, "r.state", "states");
      if (!needs.isEmpty()) {
        where.and(Need.anyOf(needs));
      }
      if (subject != null) {
        subject.addTo(where, "r.subject");
      }
      teams.addTo(where, "r.actor_team", "teams");
      if (!credentials.isEmpty()) {
        where.and(OF_CREDENTIALS, "credentials", credentials.toArray(UUID[]::new));
      }
      requested.addTo(where, "r.requested_at");
      return where;
    }
  }

  @Transactional(readOnly = true)
  RotationView view(UUID id) {
    Conditions one = new Conditions().and("r.id = :id", "id", id);
    return page(rows(one), one, 1).getFirst();
  }

  /**
   * Finds the rotations of a page, newest first, and their total. Throws a {@code query-too-broad}
   * problem if it takes too long.
   */
  Counted<RotationView> find(Filter filter, Visibility visibility, PageRequest page) {
    Conditions all = filter.conditions();
    visibility.addTo(all, "r.subject", "visible");
    Conditions where =
        filter.isByUpstream() ? filter.conditionsExceptUpstream() : filter.conditions();
    visibility.addTo(where, "r.subject", "visible");
    Cursor after = page.after();
    if (after != null) {
      where
          .and("(r.requested_at, r.id) < (:afterTime, :afterId)")
          .param("afterTime", after.at())
          .param("afterId", after.id());
    }
    String rows = filter.isByUpstream() ? ofEachUpstream(where, filter.upstreams()) : rows(where);
    return queries.read(
        ADVICE, () -> totals.count(page, page(rows, where, page.rows()), "rotation r", all));
  }

  private static String rows(Conditions where) {
    return "select * from rotation r where " + where.sql() + NEWEST_FIRST + " limit :limit";
  }

  // The order begins with the upstream, and the condition hides that it is one. So PostgreSQL reads
  // the index of upstreams, and not the newer rotations of other upstreams.
  private static String ofEachUpstream(Conditions where, List<String> upstreams) {
    where.param("each", upstreams.toArray(String[]::new));
    return """
    select r.* from unnest(:each) u (name) cross join lateral (
      select * from rotation r
      where r.upstream >= u.name and r.upstream <= u.name and %s
      order by r.upstream desc, r.requested_at desc, r.id desc limit :limit) r
    order by r.requested_at desc, r.id desc limit :limit
    """
        .formatted(where.sql());
  }

  private List<RotationView> page(String rows, Conditions where, int limit) {
    // The page is cut before the other tables are read.
    return jdbc.sql(SELECT + " from (" + rows + ") r" + RotationStatuses.JOINS + NEWEST_FIRST)
        .params(where.params())
        .param("limit", limit)
        .query((row, _) -> view(row))
        .list();
  }

  private RotationView view(ResultSet row) throws SQLException {
    RotationStatus status = RotationStatuses.status(row);
    return new RotationView(
        status.rotation(),
        status.subject().upstream().value(),
        status.subject().name(),
        status.terms().naming().name(),
        status.state(),
        row.getString("reason"),
        new Requester(
            row.getString("actor_id"),
            row.getString("actor_client_id"),
            row.getString("actor_team")),
        row.getString("request_id"),
        row.getString("trace_id"),
        SqlTime.instant(row, "requested_at"),
        SqlTime.nullableInstant(row, "closed_at"),
        row.getObject("credential_id", UUID.class),
        SqlTime.nullableInstant(row, "delivered_at"),
        row.getObject("replaces", UUID.class),
        status.reissueOf(),
        status.decided().reissuedAs(),
        row.getObject("grace_seconds", Integer.class),
        status.terms().confirmOnFirstUse(),
        SqlTime.nullableInstant(row, "confirmed_at"),
        SqlTime.nullableInstant(row, "reverted_at"),
        SqlTime.nullableInstant(row, "unconfirmed_at"),
        delivery(row),
        JSON.readValue(row.getString("retirements"), RETIREMENTS),
        List.copyOf(status.possible()),
        Need.of(row),
        JSON.readValue(row.getString("attempts"), ATTEMPTS));
  }

  private static @Nullable Delivery delivery(ResultSet row) throws SQLException {
    String state = row.getString("delivery_state");
    return state == null
        ? null
        : new Delivery(
            row.getString("delivery_target"),
            row.getString("delivery_place"),
            row.getString("delivery_mode").equals(DeliveryMode.ALSO.name()),
            DeliveryState.valueOf(state),
            row.getInt("delivery_mints"),
            SqlTime.nullableInstant(row, "delivery_at"),
            SqlTime.nullableInstant(row, "delivery_restarted_at"),
            row.getString("delivery_failure"));
  }
}
