package dev.rekey.rotation;

import dev.rekey.access.SubjectFilter;
import dev.rekey.access.Visibility;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.Cursor;
import dev.rekey.platform.query.Cursors.PageRequest;
import dev.rekey.platform.query.Slice;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.platform.query.TimeRange;
import dev.rekey.rotation.RotationView.Attempt;
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
          + """
          , r.reason, r.actor_id, r.actor_client_id, r.actor_team, r.request_id, r.trace_id,
            r.requested_at, r.closed_at, r.credential_id, r.delivered_at, r.replaces,
            r.reissue_of, r.confirmed_at, r.reverted_at, r.unconfirmed_at,
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

  private static final TypeReference<List<Attempt>> ATTEMPTS = new TypeReference<>() {};
  private static final TypeReference<List<Retirement>> RETIREMENTS = new TypeReference<>() {};

  private static final JsonMapper JSON = JsonMapper.shared();

  private final JdbcClient jdbc;

  Rotations(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The criteria of a search. A part that is null restricts nothing. */
  record Filter(
      @Nullable MutationState state,
      @Nullable SubjectFilter subject,
      @Nullable String team,
      TimeRange requested) {

    /** The list's identity, for its cursors. */
    List<@Nullable Object> parts() {
      return Arrays.asList("rotations", state, subject, team, requested.from(), requested.to());
    }

    private Conditions conditions() {
      var where = new Conditions();
      and(where, "r.state = :state", "state", state == null ? null : state.name());
      if (subject != null) {
        subject.addTo(where, "r.subject");
      }
      and(where, "r.actor_team = :team", "team", team);
      requested.addTo(where, "r.requested_at");
      return where;
    }

    private static void and(
        Conditions where, String condition, String name, @Nullable Object value) {
      if (value != null) {
        where.and(condition, name, value);
      }
    }
  }

  @Transactional(readOnly = true)
  RotationView view(UUID id) {
    return page(new Conditions().and("r.id = :id", "id", id), 1).getFirst();
  }

  /** One page, newest first. */
  @Transactional(readOnly = true)
  Slice<RotationView> find(Filter filter, Visibility visibility, PageRequest page) {
    Conditions where = filter.conditions();
    visibility.addTo(where, "r.subject", "visible");
    Cursor after = page.after();
    if (after != null) {
      where
          .and("(r.requested_at, r.id) < (:afterTime, :afterId)")
          .param("afterTime", after.at())
          .param("afterId", after.id());
    }
    return page.slice(
        page(where, page.rows()), rotation -> new Cursor(rotation.requestedAt(), rotation.id()));
  }

  private List<RotationView> page(Conditions where, int limit) {
    // The page is cut before the other tables are read.
    String page = "select * from rotation r where " + where.sql() + NEWEST_FIRST + " limit :limit";
    return jdbc.sql(SELECT + " from (" + page + ") r" + RotationStatuses.JOINS + NEWEST_FIRST)
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
        row.getObject("reissue_of", UUID.class),
        status.decided().reissuedAs(),
        row.getObject("grace_seconds", Integer.class),
        status.terms().confirmOnFirstUse(),
        SqlTime.nullableInstant(row, "confirmed_at"),
        SqlTime.nullableInstant(row, "reverted_at"),
        SqlTime.nullableInstant(row, "unconfirmed_at"),
        JSON.readValue(row.getString("retirements"), RETIREMENTS),
        List.copyOf(status.possible()),
        JSON.readValue(row.getString("attempts"), ATTEMPTS));
  }
}
