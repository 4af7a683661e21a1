package dev.rekey.finding;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.Owners;
import dev.rekey.access.Visibility;
import dev.rekey.finding.Finding.Decision;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.Counted;
import dev.rekey.platform.query.Cursor;
import dev.rekey.platform.query.Cursors;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.platform.query.Cursors.PageRequest;
import dev.rekey.platform.query.SharedCounts;
import dev.rekey.platform.query.Slice;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.platform.query.Total;
import dev.rekey.platform.query.Totals;
import dev.rekey.platform.query.ViewQuery;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstreams;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Reads the findings of the subjects that a caller may see. */
@Component
public class Findings {

  private static final String ADVICE =
      "Narrow the search: add a filter such as kind, upstream, subject or team.";
  private static final String COUNT_ADVICE = "Your grants cover too many findings to be counted.";
  private static final String TABLE = "finding f";
  private static final TypeReference<Map<String, @Nullable Object>> EVIDENCE =
      new TypeReference<>() {};

  private final JdbcClient jdbc;
  private final BoundedQueries queries;
  private final Cursors cursors;
  private final Access access;
  private final Owners owners;
  private final Upstreams upstreams;
  private final JsonMapper json;
  private final Totals totals;
  private final SharedCounts<Visibility, OpenCounts> openCounts;

  Findings(
      JdbcClient jdbc,
      BoundedQueries queries,
      Cursors cursors,
      Access access,
      Owners owners,
      Upstreams upstreams,
      JsonMapper json,
      Clock clock) {
    this.jdbc = jdbc;
    this.queries = queries;
    this.cursors = cursors;
    this.access = access;
    this.owners = owners;
    this.upstreams = upstreams;
    this.json = json;
    this.totals = new Totals(jdbc, queries);
    this.openCounts = new SharedCounts<>(queries, clock, COUNT_ADVICE, this::countOpen);
  }

  /**
   * Finds one page. Throws an {@code invalid-parameter}, {@code invalid-cursor} or {@code
   * query-too-broad} problem.
   */
  public Slice<Finding> page(Caller caller, FindingQuery query, PageQuery paging) {
    return page(caller, query, paging, new ViewQuery(null, null)).rows();
  }

  /** A page of a search, and the total of the search; null unless it was requested. */
  record Page(Slice<Finding> rows, @Nullable Total total) {}

  /** Same; {@code view} says whether the total is counted. */
  Page page(Caller caller, FindingQuery query, PageQuery paging, ViewQuery view) {
    FindingFilter filter = query.filter(upstreams);
    FindingOrder order = FindingOrder.parse(query.sort());
    PageRequest page = cursors.page(paging, view, filter.parts(order));
    Counted<Finding> found = find(caller, filter, order, page);
    return new Page(page.slice(found.rows(), finding -> cursor(finding, order)), found.total());
  }

  private static Cursor cursor(Finding finding, FindingOrder order) {
    return new Cursor(
        switch (order.by()) {
          case openedAt -> finding.openedAt();
          case since -> finding.since();
        },
        finding.id());
  }

  private Counted<Finding> find(
      Caller caller, FindingFilter filter, FindingOrder order, PageRequest page) {
    Conditions all = conditions(caller, filter);
    Conditions where = conditions(caller, filter);
    Cursor after = page.after();
    if (after != null) {
      where
          .and(
              "(%s, f.id) %s (:afterTime, :afterId)".formatted(order.by().column(), order.beyond()))
          .param("afterTime", after.at())
          .param("afterId", after.id());
    }
    return queries.read(
        ADVICE,
        () ->
            totals.count(
                page,
                jdbc.sql(
                        "select f.* from %s where %s order by %s limit :limit"
                            .formatted(TABLE, where.sql(), order.sql()))
                    .params(where.params())
                    .param("limit", page.rows())
                    .query((row, _) -> finding(row))
                    .list(),
                TABLE,
                all));
  }

  private Conditions conditions(Caller caller, FindingFilter filter) {
    var where = new Conditions();
    filter.addTo(where, owners);
    access.visibleTo(caller).addTo(where, "f.subject", "visible");
    if (!filter.teams().isEmpty()) {
      Visibility.union(filter.teams().stream().map(access::grantedTo).toList())
          .addTo(where, "f.subject", "granted");
    }
    return where;
  }

  /**
   * Reads one finding. Throws a {@code not-found} problem if there is none with this id that the
   * caller may see, and reports the denial if there is one.
   */
  public Finding get(Caller caller, UUID id) {
    return find(id)
        .flatMap(finding -> access.ifVisible(caller, subject(finding), finding))
        .orElseThrow(Findings::notFound);
  }

  static ProblemException notFound() {
    return ProblemType.NOT_FOUND.with("There is no finding with this id that you may see.");
  }

  static Subject subject(Finding finding) {
    return Subject.of(finding.upstream(), finding.subject());
  }

  private Optional<Finding> find(UUID id) {
    return jdbc.sql("select f.* from finding f where f.id = :id")
        .param("id", id)
        .query((row, _) -> finding(row))
        .optional();
  }

  /** How many findings of a kind are open. */
  public record OfKind(FindingKind kind, FindingSeverity severity, long open) {}

  /** The numbers of open findings, of every kind, in the order of the enum. */
  public record OpenCounts(List<OfKind> kinds) {}

  /** Responds like {@link SharedCounts#response} with the findings that a caller may see. */
  ResponseEntity<OpenCounts> openCounts(Caller caller, @Nullable String cacheControl) {
    return openCounts.response(access.visibleTo(caller), cacheControl);
  }

  private OpenCounts countOpen(Visibility visibility, Instant now) {
    Conditions where =
        new Conditions()
            .and("f.state = 'open'")
            .and(
                "f.upstream = any (:upstreams)",
                "upstreams",
                upstreams.names().toArray(String[]::new));
    visibility.addTo(where, "f.subject", "visible");
    var counts = new EnumMap<FindingKind, Long>(FindingKind.class);
    jdbc.sql(
            "select f.kind, count(*) from %s where %s group by f.kind"
                .formatted(TABLE, where.sql()))
        .params(where.params())
        .query(
            row -> {
              counts.put(FindingKind.of(row.getString(1)), row.getLong(2));
            });
    return new OpenCounts(
        Arrays.stream(FindingKind.values())
            .map(kind -> new OfKind(kind, kind.severity(), counts.getOrDefault(kind, 0L)))
            .toList());
  }

  private Finding finding(ResultSet row) throws SQLException {
    FindingKind kind = FindingKind.of(row.getString("kind"));
    var subject = Subject.of(row.getString("upstream"), row.getString("subject"));
    return new Finding(
        row.getObject("id", UUID.class),
        kind,
        kind.severity(),
        FindingState.of(row.getString("state")),
        subject.upstream().value(),
        subject.name(),
        row.getObject("credential_id", UUID.class),
        row.getString("upstream_id"),
        owners.owner(subject).orElse(null),
        SqlTime.instant(row, "since"),
        SqlTime.instant(row, "opened_at"),
        json.readValue(row.getString("evidence"), EVIDENCE),
        kind.nextStep(),
        decision(row),
        SqlTime.nullableInstant(row, "resolved_at"));
  }

  private static @Nullable Decision decision(ResultSet row) throws SQLException {
    Instant at = SqlTime.nullableInstant(row, "decided_at");
    return at == null
        ? null
        : new Decision(
            row.getString("decided_by"),
            at,
            SqlTime.instant(row, "until"),
            row.getString("reason"));
  }
}
