package dev.rekey.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekey.platform.RequestInfo;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MintRateTest {

  private final MintRate rate =
      new MintRate(
          new AccessProperties(
              "groups", null, List.of(), Duration.ofHours(1), List.of(), List.of(), 2));

  @Test
  void exceededLimitHasARetryAfter() {
    rate.take(caller("payments"));
    rate.take(caller("payments"));

    var thrown = catchThrowableOfType(ProblemException.class, () -> rate.take(caller("payments")));

    assertThat(thrown.type()).isEqualTo(ProblemType.RATE_LIMITED);
    assertThat(thrown.getHeaders().getFirst("Retry-After")).matches("[1-9]\\d?");
  }

  @Test
  void principalsHaveSeparateLimits() {
    rate.take(caller("payments"));
    rate.take(caller("payments"));

    assertThatCode(() -> rate.take(caller("search"))).doesNotThrowAnyException();
  }

  private static Caller caller(String id) {
    return new Caller(
        id,
        "default",
        Caller.Kind.PROGRAM,
        id,
        List.of(),
        Set.of(),
        new RequestInfo("request", null, "127.0.0.1", null),
        "POST /");
  }
}
