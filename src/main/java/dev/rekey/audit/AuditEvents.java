package dev.rekey.audit;

import static dev.rekey.audit.EventOrder.NEWEST_FIRST;
import static dev.rekey.audit.EventOrder.OLDEST_FIRST;

import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditEvent.Actor;
import dev.rekey.audit.AuditEvent.ActorKind;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditEvent.Source;
import dev.rekey.audit.WordSearch.Search;
import dev.rekey.audit.WordSearch.SequenceRange;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.BoundedQueries.Planning;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.Counted;
import dev.rekey.platform.query.Cursor;
import dev.rekey.platform.query.Cursors.PageRequest;
import dev.rekey.platform.query.Slice;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.platform.query.Totals;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Reads the history. The caller of this class checks access. */
@Component
public class AuditEvents {

  // Events have no index by id. The seal gives the time, and the primary key starts with the time.
  // An event without a seal belongs to a transaction that the sealer has not seen; those are few.
  private static final String BY_ID =
      """
      select e.*, p.seq, p.row_hash from (
        select s.occurred_at, s.seq, s.row_hash from audit_seal s where s.event_id = :id
        union all
        select e.occurred_at, null, null from audit_event e
        where e.id = :id and e.recorded_in >= (select pg_snapshot_xmin(sealed) from audit_sealer)
        limit 1) p
      join audit_event e on e.occurred_at = p.occurred_at and e.id = :id
      """;

  /** The advice of the {@code query-too-broad} problem of every read of the history. */
  public static final String ADVICE =
      "Ask for less at once: a shorter time between from and to, or a filter such as subject,"
          + " credentialId or rotationId.";

  private static final TypeReference<List<Change>> CHANGES = new TypeReference<>() {};

  private static final HexFormat HEX = HexFormat.of();

  private static final JsonMapper JSON = JsonMapper.shared();

  /** The bound of a count of words, since each event with them has to be checked. */
  private static final int MAX_WITH_WORDS = 1_000;

  private final JdbcClient jdbc;
  private final BoundedQueries queries;
  private final WordSearch words;
  private final Totals totals;

  AuditEvents(JdbcClient jdbc, BoundedQueries queries, WordSearch words) {
    this.jdbc = jdbc;
    this.queries = queries;
    this.words = words;
    this.totals = new Totals(jdbc, queries);
  }

  /** Finds events, newest first, after a position; null for the first page. */
  public List<AuditEvent> find(
      AuditSearch wanted, Visibility visibility, @Nullable Cursor after, int limit) {
    EventPosition position = EventPosition.of(after);
    if (wanted.words() == null) {
      Newest newest = byFilter(wanted, visibility, position, limit);
      return queries.read(newest.planning(), ADVICE, () -> events(newest));
    }
    Search search = search(wanted, visibility, limit);
    return queries.readWithin(ADVICE, limitNext -> words.find(search, position, limitNext));
  }

  /** Finds the events of a page, newest first, and their total. */
  Counted<AuditEvent> find(AuditSearch wanted, Visibility visibility, PageRequest page) {
    EventPosition position = EventPosition.of(page.after());
    if (wanted.words() == null) {
      Newest newest = byFilter(wanted, visibility, position, page.rows());
      Conditions all = wanted.conditions(visibility);
      return queries.read(
          newest.planning(),
          ADVICE,
          () -> totals.count(page, events(newest), "audit_event e", all));
    }
    Search search = search(wanted, visibility, page.rows());
    Search all = search(wanted, visibility, MAX_WITH_WORDS + 1);
    return queries.readWithin(
        ADVICE,
        limitNext ->
            totals.count(
                page,
                words.find(search, position, limitNext),
                MAX_WITH_WORDS,
                limitOfCount -> words.count(all, limitOfCount)));
  }

  private static Search search(AuditSearch wanted, Visibility visibility, int limit) {
    return new Search(NEWEST_FIRST, wanted, visibility, null, limit, limit);
  }

  /**
   * Finds sealed events with words, oldest first.
   *
   * @param afterSeq the sequence number before the first, and {@code throughSeq} the last
   * @param after the last event of the previous page; null for the first page
   * @return up to {@code limit} events; at least one unless there are no more
   */
  public List<AuditEvent> findSealed(
      AuditSearch wanted,
      Visibility visibility,
      long afterSeq,
      long throughSeq,
      @Nullable AuditEvent after,
      int limit) {
    var sealed = new SequenceRange(afterSeq + 1, throughSeq);
    var search = new Search(OLDEST_FIRST, wanted, visibility, sealed, limit, 1);
    EventPosition position =
        after == null ? null : new EventPosition(after.occurredAt(), after.id());
    return queries.read(ADVICE, () -> words.find(search, position, () -> {}));
  }

  /** A table of the newest events that match, and when to plan its query. */
  private record Newest(Planning planning, String table, Conditions where) {}

  private Newest byFilter(
      AuditSearch wanted, Visibility visibility, @Nullable EventPosition after, int limit) {
    Set<String> several = wanted.filter().severalSubjects();
    if (!several.isEmpty()) {
      Conditions where = wanted.withoutSubject().conditions(visibility);
      return ofSubjects(several, where, after, limit);
    }
    boolean usesItsOwnIndex = wanted.filter().isNarrow() || wanted.filter().has("subject");
    Planning planning =
        visibility instanceof Visibility.All && wanted.filter().hasOneIndex()
            ? Planning.ONCE
            : Planning.FOR_VALUES;
    Conditions visible = wanted.conditions(new Visibility.All());
    return visibility
        .names()
        .filter(_ -> !usesItsOwnIndex)
        .map(subjects -> ofSubjects(subjects, visible, after, limit))
        .orElseGet(
            () -> {
              var where =
                  NEWEST_FIRST
                      .after(wanted.conditions(visibility), after)
                      .param(Planning.LIMIT, limit);
              String rows = planning.limit(limit);
              return new Newest(
                  planning, NEWEST_FIRST.limited("audit_event e", where.sql(), rows), where);
            });
  }

  // Reads the newest events of each subject; otherwise PostgreSQL sorts the history of all.
  private static Newest ofSubjects(
      Set<String> subjects, Conditions wanted, @Nullable EventPosition after, int limit) {
    var where =
        NEWEST_FIRST
            .after(wanted, after)
            .param("subjects", subjects.toArray(String[]::new))
            .param(Planning.LIMIT, limit);
    String ofEach = newest("audit_event e", "e.subject = v.name and " + where.sql());
    String events = newest("unnest(:subjects) v (name) cross join lateral " + ofEach, "true");
    return new Newest(Planning.FOR_VALUES, events, where);
  }

  /**
   * One page, newest first, of the events of a credential and of the rotations that made it or
   * replaced it. Events of these rotations about other credentials are left out, unless they are
   * about the rotation itself.
   */
  public Slice<AuditEvent> timeline(UUID credential, Set<UUID> rotations, PageRequest page) {
    var where =
        NEWEST_FIRST
            .after(new Conditions(), EventPosition.of(page.after()))
            .param("credential", credential)
            .param("rotations", rotations.toArray(UUID[]::new))
            .param(Planning.LIMIT, page.rows());
    String own = newest("audit_event e", "e.credential_id = :credential and " + where.sql());
    String ofRotations =
        newest(
            "audit_event e",
            "e.rotation_id = any (:rotations) and (e.credential_id is null"
                + " or e.credential_id <> :credential and e.type like 'rotation.%') and "
                + where.sql());
    String both = "(select * from " + own + " union all select * from " + ofRotations + ") e";
    var newest = new Newest(Planning.FOR_VALUES, newest(both, "true"), where);
    List<AuditEvent> found = queries.read(newest.planning(), ADVICE, () -> events(newest));
    return page.slice(found, AuditEvent::cursor);
  }

  private static String newest(String from, String condition) {
    return NEWEST_FIRST.limited(from, condition, ":" + Planning.LIMIT);
  }

  private List<AuditEvent> events(Newest newest) {
    return jdbc.sql(NEWEST_FIRST.withSeq(newest.table()))
        .params(newest.where().params())
        .query(AuditEvents::event)
        .list();
  }

  /** Finds an event by its id, sealed or not. */
  Optional<AuditEvent> find(UUID id) {
    return queries.read(
        ADVICE, () -> jdbc.sql(BY_ID).param("id", id).query(AuditEvents::event).optional());
  }

  /** The greatest sequence number; 0 before the first seal. */
  public long head() {
    return jdbc.sql("select coalesce(max(seq), 0) from audit_seal").query(Long.class).single();
  }

  /** Maps a row with the columns of {@code audit_event}, {@code seq} and {@code row_hash}. */
  public static AuditEvent event(ResultSet row, int number) throws SQLException {
    String outcome = row.getString("outcome");
    String ip = row.getString("source_ip");
    String userAgent = row.getString("source_user_agent");
    byte[] rowHash = row.getBytes("row_hash");
    return new AuditEvent(
        row.getObject("id", UUID.class),
        row.getObject("seq", Long.class),
        AuditType.of(row.getString("type")).orElseThrow(),
        SqlTime.instant(row, "occurred_at"),
        outcome == null ? null : AuditOutcome.of(outcome).orElseThrow(),
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
        JSON.readValue(row.getString("changes"), CHANGES),
        row.getBoolean("backfilled"),
        row.getInt("schema_version"),
        rowHash == null ? null : HEX.formatHex(rowHash));
  }
}
