package dev.rekey.platform;

import static com.zaxxer.hikari.SQLExceptionOverride.Override.CONTINUE_EVICT;
import static com.zaxxer.hikari.SQLExceptionOverride.Override.MUST_EVICT;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnusableSessionsTest {

  private final UnusableSessions sessions = new UnusableSessions();

  @ParameterizedTest
  @ValueSource(strings = {"25006", "25P03", "25P04", "57P04", "57P05"})
  void sessionThatCannotWriteOrHasEndedIsReplaced(String state) {
    assertThat(sessions.adjudicate(new SQLException("canary", state))).isEqualTo(MUST_EVICT);
  }

  @Test
  void thePoolDecidesAboutOtherFailures() {
    assertThat(sessions.adjudicate(new SQLException("canary", "23505"))).isEqualTo(CONTINUE_EVICT);
    assertThat(sessions.adjudicate(new SQLException("canary"))).isEqualTo(CONTINUE_EVICT);
  }
}
