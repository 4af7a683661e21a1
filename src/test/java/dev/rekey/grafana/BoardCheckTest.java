package dev.rekey.grafana;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each fault of a board is found. */
class BoardCheckTest {

  @Test
  void aBoardWithoutAFaultHasNoProblem() {
    assertThat(problems(Broken.good())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          /uid                             | ""                | the board has no uid
          /refresh                         | ""                | the board has no refresh
          /time                            | {}                | the board has no time range
          /links/0/tags                    | ["other"]         | no board has the tags [other] of a link
          /panels/1/id                     | 1                 | panels share an id
          /panels/1/gridPos/y              | 0                 | panel "Row" overlaps panel "Events"
          /panels/1/gridPos/x              | 1                 | panel "Events" is outside of the grid
          /panels/1/type                   | "pie"             | panel "Events": unknown type pie
          /panels/1/title                  | ""                | panel "": no title
          /panels/1/description            | ""                | panel "Events": no description
          /panels/1/targets                | []                | panel "Events": no query
          /panels/1/datasource/uid         | "prometheus"      | panel "Events": the data source is not that of the variable
          /panels/1/targets/0/datasource   | {}                | panel "Events": the data source is not that of the variable
          /panels/1/fieldConfig/defaults   | {}                | panel "Events": nothing is shown for no data
          /panels/1/options/sortBy/0       | {"displayName": "Date"} | panel "Events": there is no column Date
          /panels/1/options/xField         | "Actor"           | panel "Events": there is no column Actor
          /panels/1/transformations/0/options | {"indexByName": {"Date": 0}} | panel "Events": there is no column Date
          /panels/1/fieldConfig/overrides/0/matcher/options | "Counts" | panel "Events": there is no column Counts
          /panels/1/targets/0/columns/1/text | "Group"         | panel "Events": there is no column Team
          /panels/1/targets/0/url          | "/events"         | nothing uses the variable team
          /panels/1/title                  | "Events of $app"  | there is no variable app
          /templating/list/1/name          | "datasource"      | variables share a name
          /templating/list/1/label         | ""                | variable team has no label or description
          /templating/list/1/datasource    | {}                | variable team: the data source is not that of the variable
          /templating/list/0/query         | "prometheus"      | there is no variable datasource for yesoreyeram-infinity-datasource
          /panels/1/fieldConfig/overrides/0/properties/0/value/0/url | "/d/large?a=1"      | there is no board large
          /panels/1/fieldConfig/overrides/0/properties/0/value/0/url | "/d/small?var-app=1" | Small has no variable app
          /panels/1/fieldConfig/overrides/0/properties/0/value/0/url | "https://example.com" | https://example.com does not lead to a board
          """)
  void aFaultIsFound(String pointer, String value, String problem) {
    assertThat(problems(Broken.with(pointer, value))).contains(problem);
  }

  @Test
  void twoBoardsWithOneUidAreFound() {
    assertThat(new BoardCheck(Broken.good(), List.of(Broken.good(), Broken.good())).problems())
        .containsExactly("another board has the uid small");
  }

  @Test
  void aQueryWithTheNameOfAnotherIsFound() {
    String target = Broken.good().json().at("/panels/1/targets/0").toString();

    assertThat(problems(Broken.with("/panels/1/targets/-", target)))
        .containsExactly("panel \"Events\": queries share a refId");
  }

  private static List<String> problems(Board board) {
    return new BoardCheck(board, List.of(board)).problems();
  }
}
