package dev.rekey.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import java.time.Period;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;

/** Old months of the history are dropped. */
class RetentionIT extends RekeyIT {

  private final long before = lastSeq();
  private final OldMonth month = new OldMonth(postgres());

  @Autowired private RetentionLedger retention;

  @AfterEach
  void dropTheMonth() {
    month.close();
  }

  @Test
  void monthIsDroppedWithAnEventAndItsSealsRemain() {
    month.append("2020-01-05");
    month.append("2020-01-31 23:59:59");
    await().until(() -> sealed() == 2);

    var dropped = retention.dropOldest(Period.ofYears(2)).orElseThrow();

    assertThat(dropped.partition()).isEqualTo(OldMonth.TABLE);
    assertThat(dropped.events()).isEqualTo(2);
    assertThat(query("select to_regclass('" + OldMonth.TABLE + "') as it").getFirst().get("it"))
        .isNull();
    assertThat(sealed()).isEqualTo(2);
    assertThat(
            query(
                "select changes::text from audit_event where type = 'audit.partition-dropped'"
                    + " order by occurred_at desc limit 1"))
        .extracting(row -> String.valueOf(row.get("changes")))
        .allSatisfy(
            changes ->
                assertThat(changes).contains(OldMonth.TABLE, "\"events\"", "\"2\"", "firstSeq"));
  }

  @Test
  void monthWithAnUnsealedEventIsKept() {
    execute(
        "insert into audit_event (id, type, occurred_at, actor_id, actor_kind, request_id,"
            + " recorded_in) values (test_uuidv7(), 'access.denied', '2020-01-05', 'x', 'caller',"
            + " ?, '3')",
        requestId);

    assertThatThrownBy(() -> retention.dropOldest(Period.ofYears(2)))
        .isInstanceOf(DataAccessException.class)
        .hasStackTraceContaining("not sealed");
    assertThat(query("select to_regclass('" + OldMonth.TABLE + "') as it").getFirst().get("it"))
        .isNotNull();
  }

  @Test
  void monthsYoungerThanTheMinimumAreKept() {
    assertThatThrownBy(() -> retention.dropOldest(Period.ofDays(364)))
        .isInstanceOf(DataAccessException.class)
        .hasStackTraceContaining("younger than 365 days");
  }

  @Test
  void nothingIsAppendedIfNothingIsDropped() {
    assertThat(retention.dropOldest(Period.ofYears(50))).isEmpty();
  }

  private long sealed() {
    return query(
            "select 1 from audit_seal where occurred_at >= '2020-01-01'"
                + " and occurred_at < '2020-02-01' and seq > ?",
            before)
        .size();
  }

  private static long lastSeq() {
    return ((Number)
            Objects.requireNonNull(
                query("select coalesce(max(seq), 0) as n from audit_seal").getFirst().get("n")))
        .longValue();
  }
}
