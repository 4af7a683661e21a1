package dev.rekey.audit;

import static dev.rekey.audit.EventOrder.NEWEST_FIRST;

import dev.rekey.access.Visibility;
import dev.rekey.audit.WordSearch.Search;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.Cursor;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the history. */
@Component
public class AuditEvents {

  // Events have no index by id. The seal gives the time, and the primary key starts with the time.
  // An event without a seal belongs to a transaction that the sealer has not seen; those are few.
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

  /** The advice of the {@code query-too-broad} problem of every read of the history. */
  public static final String ADVICE =
      "Ask for less at once: a shorter time between from and to, or a filter such as subject,"
          + " credentialId or rotationId.";

  private final JdbcClient jdbc;
  private final BoundedQueries queries;
  private final WordSearch words;

  AuditEvents(JdbcClient jdbc, BoundedQueries queries, WordSearch words) {
    this.jdbc = jdbc;
    this.queries = queries;
    this.words = words;
  }

  /**
   * Finds events, newest first.
   *
   * @param after the last event of the previous page; null for the first page
   */
  public List<AuditEvent> find(
      AuditSearch wanted, Visibility visibility, @Nullable Cursor after, int limit) {
    EventPosition position = EventPosition.of(after);
    return wanted.words() == null
        ? findByFilter(wanted, visibility, position, limit)
        : findByWords(wanted, wanted.words(), visibility, position, limit);
  }

  private List<AuditEvent> findByWords(
      AuditSearch wanted,
      Words text,
      Visibility visibility,
      @Nullable EventPosition after,
      int limit) {
    var search = new Search(NEWEST_FIRST, wanted, text, visibility, null, limit, limit);
    return queries.readWithin(ADVICE, limitNext -> words.find(search, after, limitNext));
  }

  private List<AuditEvent> findByFilter(
      AuditSearch wanted, Visibility visibility, @Nullable EventPosition after, int limit) {
    boolean usesItsOwnIndex = wanted.filter().isNarrow() || wanted.filter().has("subject");
    return visibility
        .names()
        .filter(_ -> !usesItsOwnIndex)
        .map(subjects -> ofSubjects(subjects, wanted, after, limit))
        .orElseGet(
            () -> {
              var where = NEWEST_FIRST.after(wanted.conditions(visibility), after);
              return page(NEWEST_FIRST.limited("audit_event e", where.sql()), where, limit);
            });
  }

  // Reads the newest events of each subject; otherwise PostgreSQL sorts the history of all.
  private List<AuditEvent> ofSubjects(
      Set<String> subjects, AuditSearch wanted, @Nullable EventPosition after, int limit) {
    var where =
        NEWEST_FIRST
            .after(wanted.conditions(new Visibility.All()), after)
            .param("subjects", subjects.toArray(String[]::new));
    String ofEach = NEWEST_FIRST.limited("audit_event e", "e.subject = v.name and " + where.sql());
    String events =
        NEWEST_FIRST.limited("unnest(:subjects) v (name) cross join lateral " + ofEach, "true");
    return page(events, where, limit);
  }

  /**
   * Finds the events of a credential and of the given rotations, newest first. Events of these
   * rotations about other credentials are left out, unless they are about the rotation itself.
   */
  List<AuditEvent> timeline(
      UUID credential, Set<UUID> rotations, @Nullable Cursor after, int limit) {
    var where =
        NEWEST_FIRST
            .after(new Conditions(), EventPosition.of(after))
            .param("credential", credential)
            .param("rotations", rotations.toArray(UUID[]::new));
    String own =
        NEWEST_FIRST.limited("audit_event e", "e.credential_id = :credential and " + where.sql());
    String ofRotations =
        NEWEST_FIRST.limited(
            "audit_event e",
            "e.rotation_id = any (:rotations) and (e.credential_id is null"
                + " or e.credential_id <> :credential and e.type like 'rotation.%') and "
                + where.sql());
    String both = "(select * from " + own + " union all select * from " + ofRotations + ") e";
    return page(NEWEST_FIRST.limited(both, "true"), where, limit);
  }

  private List<AuditEvent> page(String events, Conditions where, int limit) {
    return queries.read(
        ADVICE,
        () ->
            jdbc.sql(NEWEST_FIRST.withSeq(events))
                .params(where.param("limit", limit).params())
                .query(AuditEventRows::event)
                .list());
  }

  /** Finds an event by its id, sealed or not. */
  Optional<AuditEvent> find(UUID id) {
    return queries.read(
        ADVICE, () -> jdbc.sql(BY_ID).param("id", id).query(AuditEventRows::event).optional());
  }

  /** The greatest sequence number; 0 before the first seal. */
  public long head() {
    return jdbc.sql("select coalesce(max(seq), 0) from audit_seal").query(Long.class).single();
  }

  /** The sequence number of an event that is sealed. */
  public static long seq(AuditEvent sealed) {
    if (sealed.seq() == null) {
      throw new IllegalStateException("the event is not sealed");
    }
    return sealed.seq();
  }
}
