package dev.rekey.grafana;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.grafana.Replay.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** A replay fails for each fault of a query or a response. */
class ReplayTest {

  private static final String EVENTS = "Small, panel \"Events\": ";
  private static final String ROWS =
      """
      {"rows": [{"time": "2026-11-22T08:00:00.000000Z", "actor": {"team": null}, "count": 0},
                {"time": "2026-11-22T09:00:00.000000Z", "actor": {"team": "a"}, "count": 2}]}
      """;

  private String teams = "{\"teams\": [{\"team\": \"a,b\"}, {\"team\": null}, {\"team\": \"c\"}]}";
  private String rows = ROWS;
  private int status = 200;

  @Test
  void everyChoiceOfAVariableIsSent() {
    Replay replay = replay(Broken.good());

    assertThat(replay.problems(true)).isEmpty();
    assertThat(replay.sent())
        .containsExactlyInAnyOrder(
            "/teams",
            "/events?from=0",
            "/events?from=0&team=a%2Cb",
            "/events?from=0&team=c",
            "/events?from=0&team=a%2Cb&team=c");
  }

  @Test
  void anErrorFailsTheReplay() {
    status = 400;

    assertThat(replay(Broken.good()).problems(false))
        .contains("Small, variable team: /teams is 400: no", EVENTS + "/events?from=0 is 400: no");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"rows": []} | no response has a row
          {"items": []} | the response has no rows at "rows"
          {"rows": [{"time": "2026-11-22T08:00:00Z", "actor": {"team": null}, "count": 1}]} | column Team: no response has a value
          {"rows": [{"time": "2026-11-22T08:00:00Z", "actor": {"name": "a"}, "count": 1}]} | column Team: the response has no actor.team
          {"rows": [{"time": "2026-11-22T08:00:00Z", "actor": {"team": 7}, "count": 1}]} | column Team: 7 is not a STRING
          {"rows": [{"time": "2026-11-22T08:00:00Z", "actor": {"team": "a"}, "count": "1"}]} | column Count: "1" is not a NUMBER
          {"rows": [{"time": "yesterday", "actor": {"team": "a"}, "count": 1}]} | column Time: "yesterday" is not a TIMESTAMP
          {"rows": [{"time": 1763798400000, "actor": {"team": "a"}, "count": 1}]} | column Time: 1763798400000 is not a TIMESTAMP
          """)
  void aFaultOfTheRowsFailsTheReplay(String response, String problem) {
    rows = response;

    assertThat(replay(Broken.good()).problems(true)).contains(EVENTS + problem);
  }

  @Test
  void rowsAndValuesMayBeMissingForAViewerWithoutThem() {
    rows = "{\"rows\": []}";

    assertThat(replay(Broken.good()).problems(false)).isEmpty();
  }

  @Test
  void aVariableWithoutValuesFailsTheReplay() {
    teams = "{\"teams\": []}";

    assertThat(replay(Broken.good()).problems(true))
        .containsExactly("Small, variable team: no response has a row");
  }

  @Test
  void rowsOfAChartAreInTheOrderOfTime() {
    rows = ROWS.replace("T08", "T10");

    assertThat(replay(Broken.with("/panels/1/targets/0/format", "\"timeseries\"")).problems(true))
        .containsExactly(EVENTS + "a time series needs a time in each row, in ascending order");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          url                 | "/events?a=${app}"       | unknown variable app
          url                 | "/events?a=${team:lucene}" | unknown format lucene
          url                 | "/events?a=${__to:date:YYYY}" | unknown format date:YYYY of a time
          url                 | "/events?a=${team.name}" | a variable that cannot be read in /events?a=${team.name}
          type                | "csv"                    | type has to be "json"
          parser              | "uql"                    | parser has to be "backend"
          format              | "logs"                   | unsupported format logs, or filters
          root_selector       | "rows.#(count>1)"        | root selector "rows.#(count>1)" is not names with dots between
          columns/2/selector  | "$sum(count)"            | selector "$sum(count)" is not names with dots between
          columns/2/type      | "json"                   | column count has the unknown type json
          columns/2/text      | "Time"                   | columns need different names, and a query needs columns
          columns             | []                       | columns need different names, and a query needs columns
          filterExpression    | "count > 1"              | unsupported field filterExpression
          url_options/headers | []                       | unsupported field headers
          url_options/method  | "POST"                   | method has to be "GET"
          """)
  void aQueryThatIsNotSupportedFailsTheReplay(String field, String value, String problem) {
    Board board = Broken.with("/panels/1/targets/0/" + field, value);

    assertThat(replay(board).problems(true)).contains(EVENTS + problem);
  }

  @Test
  void severalValuesInTheFormOfAGlobAreSentAsGrafanaWould() {
    Replay replay = replay(Broken.with("/panels/1/targets/0/url", "\"/events?team=${team}\""));

    replay.problems(true);

    assertThat(replay.sent()).contains("/events?from=0&team=%7Ba%2Cb%2Cc%7D");
  }

  @Test
  void pagesAreReadUntilThereIsNone() {
    Board board = Broken.good();
    var paged =
        JsonMapper.shared()
            .readTree(
                board
                    .json()
                    .at("/panels/1/targets/0")
                    .toString()
                    .replaceFirst(
                        "\\{",
                        """
                        {"pagination_mode": "cursor", "pagination_max_pages": 5,
                         "pagination_param_cursor_field_name": "cursor",
                         "pagination_param_cursor_field_type": "query",
                         "pagination_param_cursor_extraction_path": "next",
                        """));
    Board withPages = Broken.with("/panels/1/targets/0", paged.toString());
    rows = ROWS.replace("]}", "], \"next\": null}");
    assertThat(replay(withPages).problems(true)).isEmpty();

    rows = ROWS.replace("]}", "], \"next\": \"x\"}");
    Replay endless = replay(withPages);
    assertThat(endless.problems(true)).isEmpty();
    assertThat(endless.sent()).contains("/events?cursor=x&from=0");

    rows = ROWS;
    assertThat(replay(withPages).problems(true)).contains(EVENTS + "the response has no next");
  }

  private Replay replay(Board board) {
    return new Replay(
        board,
        path -> {
          String body = path.startsWith("/teams") ? teams : rows;
          return new Reply(
              status, JsonMapper.shared().readTree(status == 200 ? body : "{\"detail\": \"no\"}"));
        },
        Instant.EPOCH,
        Instant.EPOCH.plusSeconds(60),
        "utc");
  }

  @Test
  void timesAndZonesAreReplacedAsGrafanaDoes() {
    var values =
        new Interpolation(
            Map.of(), Instant.ofEpochMilli(1_500), Instant.ofEpochMilli(2_000), "utc");

    assertThat(
            List.of(
                values.replace("${__from}"),
                values.replace("$__to"),
                values.replace("[[__from]]"),
                values.replace("${__from:date:iso}"),
                values.replace("${__to:date:seconds}"),
                values.replace("${__timezone}")))
        .containsExactly("1500", "2000", "1500", "1970-01-01T00:00:01.500Z", "2", "utc");
  }
}
