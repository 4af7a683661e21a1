package dev.rekey.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RotationTermsTest {

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 86_400, 2_592_000})
  void aGraceIsUpToThirtyDays(long seconds) {
    assertThat(RotationTerms.grace(seconds)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 2_592_001, Long.MIN_VALUE, Long.MAX_VALUE})
  void anyOtherGraceIsRefused(long seconds) {
    var problem = catchThrowableOfType(ProblemException.class, () -> RotationTerms.grace(seconds));

    assertThat(problem.type()).isEqualTo(ProblemType.INVALID_REQUEST);
    assertThat(problem.getBody().getDetail()).contains("graceSeconds");
  }

  @Test
  void aMissingGraceStaysMissing() {
    assertThat(RotationTerms.grace(null)).isNull();
  }
}
