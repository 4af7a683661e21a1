package dev.rekey.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.audit.aggregate.Counts;
import dev.rekey.platform.problem.ProblemType;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HistoryCountsPageTest {

  private static final Set<ProblemType> TOO_MUCH =
      EnumSet.of(ProblemType.QUERY_TOO_BROAD, ProblemType.INVALID_PARAMETER);

  @ParameterizedTest
  @EnumSource(ProblemType.class)
  void onlyTooMuchToCountIsLeftOut(ProblemType type) {
    var problem = type.with("why");
    CompletableFuture<Counts> failed = CompletableFuture.failedFuture(problem);

    if (TOO_MUCH.contains(type)) {
      assertThat(HistoryCountsPage.found(failed)).isEmpty();
    } else {
      assertThatThrownBy(() -> HistoryCountsPage.found(failed)).isSameAs(problem);
    }
  }
}
