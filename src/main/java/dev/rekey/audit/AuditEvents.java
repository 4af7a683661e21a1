package dev.rekey.audit;

import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditEvent.Actor;
import dev.rekey.audit.AuditEvent.ActorKind;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditEvent.Source;
import dev.rekey.audit.WordSearch.Order;
import dev.rekey.audit.WordSearch.Place;
import dev.rekey.audit.WordSearch.Search;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.Cursor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Reads the history. */
@Component
public class AuditEvents {

  private static final TypeReference<List<Change>> CHANGES = new TypeReference<>() {};

  // Events have no index by id. That of the seals gives the time, by which the primary key has it;
  // what is not sealed yet was written by transactions that the sealer had not seen, which are few.
  private static final String BY_ID =
      """
      select e.*, p.seq from (
        select s.occurred_at, s.seq from audit_seal s where s.event_id = :id
        union all
        select e.occurred_at, null from audit_event e
        where e.id = :id and e.recorded_in >= (select pg_snapshot_xmin(sealed) from audit_sealer)
        limit 1) p
      join audit_event e on e.occurred_at = p.occurred_at and e.id = :id
      """;

  /** What a read of the history that takes too long is told. */
  public static final String ADVICE =
      "Ask for less at once: a shorter time between from and to, or a filter such as subject,"
          + " credentialId or rotationId.";

  private final JdbcClient jdbc;
  private final BoundedQueries queries;
  private final JsonMapper json;
  private final WordSearch words;

  @Autowired
  AuditEvents(JdbcClient jdbc, BoundedQueries queries) {
    // Not the mapper for requests, which reads 64 KiB at most: an upstream's texts may be longer.
    this(jdbc, queries, JsonMapper.shared(), WordSearch.LOOKED_AT);
  }

  /**
   * For tests.
   *
   * @param lookedAt in how many events words are looked for before the index of words is asked
   */
  AuditEvents(JdbcClient jdbc, BoundedQueries queries, JsonMapper json, int lookedAt) {
    this.jdbc = jdbc;
    this.queries = queries;
    this.json = json;
    this.words = new WordSearch(jdbc, (row, _) -> event(row), lookedAt);
  }

  /**
   * Finds events, newest first.
   *
   * @param after where the page before ended; null for the first page
   */
  public List<AuditEvent> find(
      AuditFilter filter, Visibility visibility, @Nullable Cursor after, int limit) {
    if (filter.q() != null) {
      var search = new Search(Order.NEWEST_FIRST, filter, visibility, _ -> {});
      var behind = after == null ? null : new Place(after.at(), after.id());
      return queries.readWithin(
          ADVICE, time -> words.find(search, behind, limit, limit, time::limitNext));
    }
    boolean hasItsOwnIndex = filter.isNarrow() || filter.subject() != null;
    return visibility
        .names()
        .filter(_ -> !hasItsOwnIndex)
        .map(subjects -> ofSubjects(subjects, filter, after, limit))
        .orElseGet(
            () -> {
              var where = after(after, filter.conditions(visibility));
              return page(newest("audit_event e", where.sql()), where, limit);
            });
  }

  // The newest of each, of which the page is made: else the whole history of all would be sorted.
  private List<AuditEvent> ofSubjects(
      Set<String> subjects, AuditFilter filter, @Nullable Cursor after, int limit) {
    var where =
        after(after, filter.conditions(new Visibility.All()))
            .param("subjects", subjects.toArray(String[]::new));
    String ofEach = newest("audit_event e", "e.subject = v.name and " + where.sql());
    String events = newest("unnest(:subjects) v (name) cross join lateral " + ofEach, "true");
    return page(events, where, limit);
  }

  /**
   * Finds the events of a credential, and what befell the rotations that it came and went by,
   * newest first. Not what those rotations did to other credentials.
   */
  List<AuditEvent> timeline(
      UUID credential, Set<UUID> rotations, @Nullable Cursor after, int limit) {
    var where =
        after(after, new Conditions())
            .param("credential", credential)
            .param("rotations", rotations.toArray(UUID[]::new));
    String own = newest("audit_event e", "e.credential_id = :credential and " + where.sql());
    String ofRotations =
        newest(
            "audit_event e",
            "e.rotation_id = any (:rotations) and (e.credential_id is null"
                + " or e.credential_id <> :credential and e.type like 'rotation.%') and "
                + where.sql());
    String both = "(select * from " + own + " union all select * from " + ofRotations + ") e";
    return page(newest(both, "true"), where, limit);
  }

  /** Only what comes after a place in a list that has the newest first. */
  private static Conditions after(@Nullable Cursor place, Conditions where) {
    return place == null
        ? where
        : where
            // The first of the two is for the planner, who leaves out later months by it.
            .and("e.occurred_at <= :afterTime and (e.occurred_at, e.id) < (:afterTime, :afterId)")
            .param("afterTime", place.at())
            .param("afterId", place.id());
  }

  private static String newest(String from, String condition) {
    return "(select e.* from "
        + from
        + " where "
        + condition
        + " order by e.occurred_at desc, e.id desc limit :limit) e";
  }

  // The places in the chain are looked up for what is shown only.
  private List<AuditEvent> page(String events, Conditions where, int limit) {
    return queries.read(
        ADVICE,
        () ->
            jdbc.sql(
                    "select e.*, s.seq from "
                        + events
                        + " left join audit_seal s"
                        + " on s.event_id = e.id and s.occurred_at = e.occurred_at"
                        + " order by e.occurred_at desc, e.id desc")
                .params(where.param("limit", limit).params())
                .query((row, _) -> event(row))
                .list());
  }

  /** The one with this id. */
  Optional<AuditEvent> find(UUID id) {
    return queries.read(
        ADVICE, () -> jdbc.sql(BY_ID).param("id", id).query((row, _) -> event(row)).optional());
  }

  /**
   * Finds sealed events with words, oldest first.
   *
   * @param sealed adds which sealed events are meant
   * @param after where the page before ended; null for the first page
   * @return up to as many as that, but not fewer than one unless there are none
   */
  public List<AuditEvent> findSealed(
      AuditFilter filter,
      Visibility visibility,
      Consumer<Conditions> sealed,
      @Nullable Place after,
      int limit) {
    var search = new Search(Order.OLDEST_FIRST, filter, visibility, sealed);
    return queries.read(ADVICE, () -> words.find(search, after, limit, 1, () -> {}));
  }

  public AuditEvent event(ResultSet row) throws SQLException {
    String outcome = row.getString("outcome");
    String ip = row.getString("source_ip");
    String userAgent = row.getString("source_user_agent");
    return new AuditEvent(
        row.getObject("id", UUID.class),
        row.getObject("seq", Long.class),
        AuditType.of(row.getString("type")).orElseThrow(),
        row.getObject("occurred_at", OffsetDateTime.class).toInstant(),
        outcome == null ? null : AuditOutcome.of(outcome),
        row.getString("reason"),
        new Actor(
            row.getString("actor_id"),
            row.getString("actor_client_id"),
            row.getString("actor_team"),
            ActorKind.valueOf(row.getString("actor_kind"))),
        row.getString("upstream"),
        row.getString("subject"),
        row.getString("upstream_id"),
        row.getObject("credential_id", UUID.class),
        row.getObject("rotation_id", UUID.class),
        row.getString("request_id"),
        row.getString("trace_id"),
        ip == null && userAgent == null ? null : new Source(ip, userAgent),
        json.readValue(row.getString("changes"), CHANGES),
        row.getBoolean("backfilled"),
        row.getInt("schema_version"));
  }

  /** The last event's place in the chain; 0 before the first. */
  public long head() {
    return jdbc.sql("select coalesce(max(seq), 0) from audit_seal").query(Long.class).single();
  }

  public static long place(AuditEvent sealed) {
    if (sealed.seq() == null) {
      throw new IllegalStateException("an event without a place in the chain");
    }
    return sealed.seq();
  }
}
