package dev.rekey.start;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.run.FailedStart;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Refused starts as they are in production: a process that says one line, and fails. */
@Tag("chaos")
class RefusedStartIT extends RefusedStarts {

  private static final String REFUSED = "Rekey does not start: ";

  @Test
  void unknownLogFormatIsReportedInAKnownOne() {
    settings.put("LOGGING_STRUCTURED_FORMAT_CONSOLE", "canary");

    assertThat(start().getFirst())
        .startsWith("{")
        .contains(REFUSED + "LOGGING_STRUCTURED_FORMAT_CONSOLE (", "has to be ecs")
        .doesNotContain("canary");
  }

  @Override
  String refusalLine() {
    String line = start().getFirst();
    assertThat(line).contains(REFUSED);
    return line.substring(line.indexOf(REFUSED) + REFUSED.length());
  }

  @Override
  List<String> start() {
    var failed = FailedStart.in(settings);
    assertThat(failed.exit()).isNotZero();
    assertThat(failed.said()).hasSize(1);
    return failed.said();
  }
}
