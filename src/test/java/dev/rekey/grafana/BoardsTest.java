package dev.rekey.grafana;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The boards that read Rekey's API are complete and consistent. */
class BoardsTest {

  static List<Board> boards() {
    return Board.all();
  }

  @Test
  void thereAreABoardOfTheHistoryAndOneOfThePosture() {
    assertThat(boards()).extracting(Board::uid).containsExactly("rekey-history", "rekey-posture");
  }

  @ParameterizedTest
  @MethodSource("boards")
  void everyNameAndPlaceIsRight(Board board) {
    assertThat(new BoardCheck(board, Board.files().toList()).problems()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("boards")
  void everyQueryIsSupported(Board board) {
    assertThat(board.panels().stream().flatMap(panel -> panel.targets().stream()))
        .hasSizeGreaterThanOrEqualTo(7)
        .allSatisfy(target -> assertThat(InfinityQuery.of(target).columns()).isNotEmpty());
  }

  @ParameterizedTest
  @MethodSource("boards")
  void everyBoardStartsWithTheProvisionedDataSource(Board board) {
    assertThat(board.variables().getFirst().json().at("/current/value").asString())
        .isEqualTo(DataSource.composed().uid());
  }
}
