package dev.rekey.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.audit.chain.CanonicalBytes;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.YearMonth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class PartitionDropTest {

  private static final Link EVENT = new Link(50, null, 0, new byte[32], new byte[32]);

  @Test
  void changesOfTheEventAreParsed() {
    var changes =
        JsonMapper.shared()
            .readTree(
                """
                [{"field": "partition", "from": "audit_event_2024_10", "to": null},
                 {"field": "events", "from": "3", "to": null},
                 {"field": "firstSeq", "from": "7", "to": null},
                 {"field": "lastSeq", "from": "9", "to": null}]
                """);

    assertThat(PartitionDrop.of(EVENT, changes))
        .contains(new PartitionDrop(EVENT, YearMonth.of(2024, 10), 3, 7, 9));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "[{\"field\": \"partition\", \"from\": \"audit_event_2024_10\"}]",
        "[{\"field\": \"partition\", \"from\": \"other\"}, {\"field\": \"events\", \"from\":"
            + " \"1\"}]",
        "[{\"field\": \"partition\", \"from\": \"audit_event_2024_10\"},"
            + " {\"field\": \"events\", \"from\": \"many\"}]"
      })
  void malformedChangesAreNoDrop(String changes) {
    assertThat(PartitionDrop.of(EVENT, JsonMapper.shared().readTree(changes))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"audit_event", "audit_event_2024_13", "audit_event_12024_10", "x"})
  void otherPartitionsHaveNoMonth(String name) {
    assertThatThrownBy(() -> PartitionDrop.month(name)).isInstanceOf(DateTimeException.class);
  }

  @Test
  void monthsMayBeDroppedThirtyDaysAfterTheirEnd() {
    var drop = new PartitionDrop(EVENT, YearMonth.of(2024, 10), 1, 1, 1);

    assertThat(drop.isOldEnough(micros("2024-11-30T23:59:59Z"))).isFalse();
    assertThat(drop.isOldEnough(micros("2024-12-01T00:00:00Z"))).isTrue();
  }

  @Test
  void dropsCoverOnlyEventsBeforeThem() {
    var drop = new PartitionDrop(EVENT, YearMonth.of(2024, 10), 60, 1, 60);

    assertThat(drop.covers(1)).isTrue();
    assertThat(drop.covers(49)).isTrue();
    assertThat(drop.covers(50)).isFalse();
    assertThat(drop.covers(61)).isFalse();
  }

  private static long micros(String time) {
    return CanonicalBytes.micros(Instant.parse(time));
  }
}
