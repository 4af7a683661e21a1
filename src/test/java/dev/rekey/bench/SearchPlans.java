package dev.rekey.bench;

import static java.util.stream.Collectors.joining;

import dev.rekey.platform.Pause;
import dev.rekey.run.Http;
import dev.rekey.run.PostgresServer;
import dev.rekey.run.RekeyProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The plans of the searches of a running Rekey, as PostgreSQL's module {@code auto_explain} logs
 * them.
 */
final class SearchPlans {

  private static final Duration LOGGED_WITHIN = Duration.ofMillis(700);
  private static final Duration FAR = Duration.ofDays(67);
  private static final Pattern INDEX =
      Pattern.compile("(?:using|Bitmap Index Scan on) (\\w+)(?: on \\w+)?[^\\n]*actual");
  private static final Pattern DURATION = Pattern.compile("duration: ([0-9.]+) ms");

  /** Other statements that read the history have another order, or none. */
  private static final String ORDER = "order by e.occurred_at desc";

  private final LadderStage stage;
  private final Http http;
  private final Instant end;

  SearchPlans(LadderStage stage, RekeyProcess rekey, Instant end) {
    this.stage = stage;
    this.http = rekey.http().bearer(stage.callers().token());
    this.end = end;
  }

  /** Makes PostgreSQL log the plans of all connections from now on. */
  static void record(PostgresServer postgres) {
    String database = "alter database " + PostgresServer.DATABASE + " set ";
    postgres.execute(database + "session_preload_libraries = 'auto_explain'");
    postgres.execute(database + "auto_explain.log_min_duration = 0");
    postgres.execute(database + "auto_explain.log_analyze = on");
    postgres.execute(database + "auto_explain.log_buffers = on");
  }

  private static Map<String, String> filters() {
    Map<String, String> filters = Fill.searches();
    filters.put("common outcome", "outcome=succeeded");
    filters.put("broad subject prefix", "subject=apps/*");
    filters.put("upstream and rare outcome", "upstream=keycard&outcome=unknown");
    filters.put("actor and outcome, never together", "actor=deployer-7&outcome=rejected");
    filters.put("q, no match", "q=nothing-has-this");
    return filters;
  }

  /** Searches with each filter. Writes the plans to files, and returns a table in Markdown. */
  String write() {
    var table =
        new StringBuilder(
            """

            ### Plans of the searches

            | filter | page 1: queries, ms | indexes | 67 days back: queries, ms | indexes |
            | --- | ---: | --- | ---: | --- |
            """);
    String from = "/api/v1/audit-events?from=" + end.minus(Fill.SPAN).minus(Duration.ofDays(1));
    filters()
        .forEach(
            (name, filter) ->
                table.append(
                    "| %s | %s | %s |%n"
                        .formatted(
                            name,
                            search(name + "-1", from + "&" + filter),
                            search(name + "-far", from + "&to=" + end.minus(FAR) + "&" + filter))));
    return table.toString();
  }

  /** Searches three times, and returns the cells for the last search. */
  private String search(String name, String path) {
    http.get(path);
    http.get(path);
    Pause.sleep(LOGGED_WITHIN);
    var log = new LoggedStatements(stage.logs());
    int status = http.get(path).status();
    Pause.sleep(LOGGED_WITHIN);
    List<String> plans =
        log.messages().stream()
            .filter(message -> message.contains("plan:") && message.contains(ORDER))
            .toList();
    String file = "plan-" + name.replaceAll("\\W+", "-") + ".txt";
    try {
      Files.writeString(LadderStage.DIRECTORY.resolve(file), String.join("\n\n", plans));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    double millis =
        plans.stream()
            .flatMap(plan -> DURATION.matcher(plan).results())
            .mapToDouble(found -> Double.parseDouble(found.group(1)))
            .sum();
    return String.format(
        Locale.ROOT,
        "%s%d, %.1f | %s",
        status == 200 ? "" : status + ": ",
        plans.size(),
        millis,
        indexes(plans));
  }

  // Each partition has its own name of an index, with the month in it.
  private static String indexes(List<String> plans) {
    return plans.stream()
        .flatMap(plan -> INDEX.matcher(plan).results())
        .filter(found -> !found.group().contains("never executed"))
        .map(found -> found.group(1).replaceAll("_?p?\\d{4,}(_\\d+)?", ""))
        .filter(name -> !name.startsWith("audit_seal"))
        .distinct()
        .sorted()
        .collect(joining(", "));
  }
}
