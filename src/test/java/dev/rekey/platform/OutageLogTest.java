package dev.rekey.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class OutageLogTest {

  private final AtomicLong nanos = new AtomicLong();
  private final OutageLog outage =
      new OutageLog(LoggerFactory.getLogger(OutageLogTest.class), Level.WARN, nanos::get);

  @Test
  void failuresAreLoggedOnceThenOnceAMinuteThenThatItWorksAgain(CapturedOutput output) {
    for (int second = 0; second < 70; second++) {
      nanos.set(Duration.ofSeconds(second).toNanos());
      outage.failed("the upstream is away");
    }
    outage.worked("it works again");
    outage.worked("it works again");
    outage.failed("it is away again");

    assertThat(output.getAll().lines().map(line -> line.replaceFirst(".* -+ ", "")))
        .satisfiesExactly(
            line -> assertThat(line).endsWith("the upstream is away"),
            line ->
                assertThat(line)
                    .endsWith("the upstream is away (and 59 more failures in the last minute)"),
            line -> assertThat(line).endsWith("it works again"),
            line -> assertThat(line).endsWith("it is away again"));
  }
}
