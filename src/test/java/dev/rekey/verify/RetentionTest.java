package dev.rekey.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.audit.chain.CanonicalBytes;
import java.sql.SQLException;
import java.time.Instant;
import java.time.YearMonth;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetentionTest {

  private static final String OLD = "2024-10-05T00:00:00Z";
  private static final String NEW = "2025-12-05T00:00:00Z";
  private static final YearMonth OLD_MONTH = YearMonth.of(2024, 10);

  private final Retention retention = new Retention(0);

  @Test
  void droppedMonthIsExplained() throws Exception {
    missing(OLD, 1, 3);
    present(NEW, 4, 5);
    retention.dropped(drop(OLD_MONTH, 3, 1, 3));

    assertThat(retention.hasUnexplainedGaps()).isFalse();
    assertThat(fault()).isNull();
    assertThat(retention.missingEvents()).isEqualTo(3);
  }

  @Test
  void gapWithoutDropIsUnexplained() throws Exception {
    present(OLD, 1, 1);
    missing(OLD, 2, 3);
    present(NEW, 4, 5);

    assertThat(retention.hasUnexplainedGaps()).isTrue();
    assertThat(fault()).isEqualTo(2);
  }

  @Test
  void dropThatCoversOnlyAPartLeavesTheRestUnexplained() throws Exception {
    missing(OLD, 1, 3);
    present(NEW, 4, 5);
    retention.dropped(drop(OLD_MONTH, 3, 1, 2));

    assertThat(fault()).isEqualTo(3);
  }

  @Test
  void dropWithAnotherNumberOfEventsExplainsNothing() throws Exception {
    missing(OLD, 1, 3);
    present(NEW, 4, 5);
    retention.dropped(drop(OLD_MONTH, 2, 1, 3));

    assertThat(retention.hasUnexplainedGaps()).isFalse();
    assertThat(fault()).isEqualTo(1);
  }

  @Test
  void dropOfAMonthWithPresentEventsIsNotCredible() throws Exception {
    present(OLD, 1, 1);
    missing(OLD, 2, 3);
    present(NEW, 4, 5);
    retention.dropped(drop(OLD_MONTH, 2, 2, 3));

    assertThat(fault()).isEqualTo(2);
  }

  @Test
  void dropDuringTheVerificationMayFollowPresentEvents() throws Exception {
    present(OLD, 1, 1);
    missing(OLD, 2, 3);
    retention.continueLater();
    present(NEW, 4, 5);
    retention.dropped(drop(OLD_MONTH, 3, 1, 3));

    assertThat(fault()).isNull();
  }

  @Test
  void dropSoonAfterTheMonthIsNotCredible() throws Exception {
    missing(OLD, 1, 3);
    present(NEW, 4, 5);
    var early = new Link(6, null, micros("2024-11-20T00:00:00Z"), new byte[32], new byte[32]);
    retention.dropped(new PartitionDrop(early, OLD_MONTH, 3, 1, 3));

    assertThat(fault()).isEqualTo(1);
  }

  @Test
  void undatedGapMustFitItsNeighbours() throws Exception {
    present(NEW, 1, 1);
    retention.missing(Link.undated(2, new byte[32], new byte[32]));
    present(NEW, 3, 3);
    retention.dropped(drop(OLD_MONTH, 1, 2, 2));

    assertThat(fault()).isEqualTo(2);
  }

  @Test
  void secondDropOfAMonthCountsNothing() throws Exception {
    missing(OLD, 1, 2);
    present(NEW, 3, 5);
    retention.dropped(drop(OLD_MONTH, 1, 1, 1));
    retention.dropped(drop(OLD_MONTH, 1, 2, 2));

    assertThat(fault()).isEqualTo(2);
  }

  private @Nullable Long fault() throws SQLException {
    Finding finding = retention.check(Evidence.ARE_DROPPED);
    return finding == null ? null : finding.seq();
  }

  private void missing(String time, int from, int to) {
    for (int seq = from; seq <= to; seq++) {
      retention.missing(link(time, seq));
    }
  }

  private void present(String time, int from, int to) {
    for (int seq = from; seq <= to; seq++) {
      retention.present(link(time, seq));
    }
  }

  private static Link link(String time, int seq) {
    return new Link(seq, null, micros(time), new byte[32], new byte[32]);
  }

  private static PartitionDrop drop(YearMonth month, long events, long firstSeq, long lastSeq) {
    return new PartitionDrop(link(NEW, 50), month, events, firstSeq, lastSeq);
  }

  private static long micros(String time) {
    return CanonicalBytes.micros(Instant.parse(time));
  }
}
