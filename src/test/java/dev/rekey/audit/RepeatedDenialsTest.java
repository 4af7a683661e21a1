package dev.rekey.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.access.Caller;
import dev.rekey.platform.RequestInfo;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RepeatedDenialsTest {

  private final RepeatedDenials denials = new RepeatedDenials(Clock.systemUTC());

  @Test
  void memoryIsBoundedAndNoRepetitionIsLost() {
    for (int i = 0; i < 3 * RepeatedDenials.MAX_OPEN; i++) {
      assertThat(denials.isFirst(caller(i), null)).isTrue();
      assertThat(denials.isFirst(caller(i), null)).isFalse();
    }

    assertThat(denials.closed()).hasSize(2 * RepeatedDenials.MAX_OPEN);
    assertThat(denials.closeAll()).hasSize(RepeatedDenials.MAX_OPEN);
    assertThat(denials.closeAll()).isEmpty();
  }

  private static Caller caller(int number) {
    return new Caller(
        "caller-" + number,
        "default",
        Caller.Kind.PROGRAM,
        null,
        List.of(),
        Set.of(),
        new RequestInfo("request", null, "127.0.0.1", null),
        "GET /");
  }
}
