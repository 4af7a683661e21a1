package dev.rekey.console;

import static dev.rekey.console.Responses.body;

import dev.rekey.access.Caller;
import dev.rekey.audit.AuditQuery;
import dev.rekey.audit.aggregate.AggregateController;
import dev.rekey.audit.aggregate.AggregateQuery;
import dev.rekey.audit.aggregate.Counts;
import dev.rekey.audit.aggregate.Counts.Member;
import dev.rekey.audit.aggregate.Counts.Row;
import dev.rekey.audit.aggregate.Counts.Series;
import dev.rekey.console.Facet.Count;
import dev.rekey.platform.Values;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;

/**
 * Counts the events of a search. It sends two queries of the hourly counts at the same time, by
 * four fields and over time, and shows what it has if there is too much to count for one of them.
 * Counting by actor reads each event, so another page does it.
 */
@ConsolePage
class HistoryCountsPage {

  private static final String AGGREGATE = "GET /api/v1/audit-events/aggregate";
  private static final String OVER_TIME = "outcome,upstream";
  private static final String OF_TYPES = "type,team";
  private static final String ACTORS = "actor";

  private final AggregateController aggregates;

  HistoryCountsPage(AggregateController aggregates) {
    this.aggregates = aggregates;
  }

  /** The time that is counted; null as in the API. */
  record TimeQuery(@Nullable Instant from, @Nullable Instant to) {

    private AggregateQuery columns(String groupBy) {
      return new AggregateQuery(null, null, "json", "auto", null, groupBy, null, from, to);
    }

    private AggregateQuery totals(String groupBy) {
      return new AggregateQuery(null, "totals", "json", "auto", null, groupBy, null, from, to);
    }
  }

  @GetMapping(HistoryPage.PATH + "/counts")
  @StandsOn(
      value = AGGREGATE,
      queries = {"groupBy=" + OVER_TIME, "groupBy=" + OF_TYPES + "&shape=totals"})
  String show(
      Caller caller,
      @ModelAttribute AuditQuery query,
      @ModelAttribute TimeQuery time,
      Model page,
      HttpServletRequest request,
      HttpServletResponse response) {
    Future<Counts> overTime;
    Future<Counts> ofTypes;
    // Waits for both, because they read the request.
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      overTime =
          threads.submit(() -> count(caller, query, time.columns(OVER_TIME), request, response));
      ofTypes =
          threads.submit(() -> count(caller, query, time.totals(OF_TYPES), request, response));
    }
    Optional<Counts> chart = found(overTime);
    Optional<Counts> types = found(ofTypes);
    Counts counted = chart.or(() -> types).orElseThrow(() -> failure(overTime));
    Link history = Link.to(HistoryPage.PATH, request);
    page.addAttribute("counted", counted);
    chart.map(BarChart::of).ifPresent(bars -> addChart(bars, history, page));
    page.addAttribute(
        "facets",
        Stream.concat(
                types.stream().flatMap(found -> ofTypes(found, query, history)),
                chart.stream().flatMap(found -> overTime(found, query, history)))
            .toList());
    page.addAttribute("history", history.url());
    page.addAttribute("hasTypes", types.isPresent());
    page.addAttribute("actors", Link.to(HistoryPage.PATH + "/actors", request).url());
    return "console/history-counts";
  }

  @GetMapping(HistoryPage.PATH + "/actors")
  @StandsOn(value = AGGREGATE, queries = "groupBy=" + ACTORS + "&shape=totals")
  String actors(
      Caller caller,
      @ModelAttribute AuditQuery query,
      @ModelAttribute TimeQuery time,
      Model page,
      HttpServletRequest request,
      HttpServletResponse response) {
    Counts counted = count(caller, query, time.totals(ACTORS), request, response);
    Link history = Link.to(HistoryPage.PATH, request);
    List<Facet.Entry> entries =
        Objects.requireNonNull(counted.rows()).stream().map(row -> actor(row, history)).toList();
    page.addAttribute("counted", counted);
    page.addAttribute("facet", new Facet("Who", entries));
    page.addAttribute("history", history.url());
    return "console/history-actors";
  }

  private Counts count(
      Caller caller,
      AuditQuery query,
      AggregateQuery aggregate,
      HttpServletRequest request,
      HttpServletResponse response) {
    try {
      return body(aggregates.aggregate(caller, query, aggregate, request, response));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Empty if there is too much to count. Throws every other failure. */
  static Optional<Counts> found(Future<Counts> counts) {
    if (counts.state() == Future.State.SUCCESS) {
      return Optional.of(counts.resultNow());
    }
    RuntimeException failure = failure(counts);
    if (failure instanceof ProblemException problem && isTooMuch(problem.type())) {
      return Optional.empty();
    }
    throw failure;
  }

  /** Whether it means that for one of the two counts, whose parameters are the same. */
  private static boolean isTooMuch(ProblemType problem) {
    // Too many groups are an invalid parameter. A filter that is invalid fails both counts.
    return problem == ProblemType.QUERY_TOO_BROAD || problem == ProblemType.INVALID_PARAMETER;
  }

  private static RuntimeException failure(Future<Counts> counts) {
    return counts.exceptionNow() instanceof RuntimeException failure
        ? failure
        : new IllegalStateException(counts.exceptionNow());
  }

  private static void addChart(BarChart chart, Link history, Model page) {
    page.addAttribute("chart", chart);
    page.addAttribute("brush", history.without("from", "to").url());
    page.addAttribute("bars", bars(history, chart));
  }

  private static Stream<Facet> ofTypes(Counts counts, AuditQuery query, Link history) {
    List<Row> rows = Objects.requireNonNull(counts.rows());
    return Stream.of(
        facet("What", "type", Facet.split(query.type()), types(rows), history),
        facet("Team", "team", sent(query.team()), teams(rows), history));
  }

  private static Stream<Facet> overTime(Counts counts, AuditQuery query, Link history) {
    List<Series> series = Objects.requireNonNull(counts.series());
    return Stream.of(
        facet("Outcome", "outcome", Facet.split(query.outcome()), part(series, 0), history),
        facet("Upstream", "upstream", Facet.split(query.upstream()), part(series, 1), history));
  }

  private static Facet facet(
      String title, String parameter, List<String> selected, List<Count> counts, Link history) {
    return Facet.of(title, parameter, parameter.equals("outcome"), selected, counts, history);
  }

  private static List<Count> types(List<Row> rows) {
    return rows.stream().map(row -> new Count(value(row.type()), row.count())).toList();
  }

  private static List<Count> teams(List<Row> rows) {
    return rows.stream().map(row -> new Count(value(row.team()), row.count())).toList();
  }

  private static @Nullable String value(@Nullable Member<String> member) {
    return Objects.requireNonNull(member).value();
  }

  /** The totals by one of the two dimensions. */
  private static List<Count> part(List<Series> series, int dimension) {
    return series.stream().map(each -> new Count(each.key().get(dimension), each.total())).toList();
  }

  /** The name of a team may contain a comma. */
  private static List<String> sent(@Nullable Values values) {
    return values == null ? List.of() : values.sent();
  }

  private static Facet.Entry actor(Row row, Link history) {
    String name = row.actor() == null ? null : row.actor().value();
    return name == null
        ? new Facet.Entry("others", row.count(), false, null)
        : new Facet.Entry(name, row.count(), false, history.with("actor", name).url());
  }

  /** The link of each bar, to its time. */
  private static List<String> bars(Link history, BarChart chart) {
    return chart.bars().stream()
        .map(bar -> history.with("from", bar.start()).with("to", bar.end()).url())
        .toList();
  }
}
