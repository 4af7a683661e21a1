package dev.rekey.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The signed heads of the chain, over HTTP. */
class CheckpointIT extends RekeyIT {

  @Test
  void checkpointPagesHaveNoGap() {
    await()
        .until(
            () -> as("auditor").get("/api/v1/audit-checkpoints").body().at("/items/1").isObject());

    var first = as("auditor").get("/api/v1/audit-checkpoints?limit=1");
    String link = Objects.requireNonNull(first.header("Link"));
    var second = as("auditor").get(link.substring(1, link.indexOf('>')));

    assertThat(first.body().at("/items/0").propertyNames())
        .containsExactlyInAnyOrder("id", "takenAt", "seq", "count", "head", "keyId", "signature");
    assertThat(
            query(
                "select id::text from audit_checkpoint where taken_at < ?::timestamptz"
                    + " order by taken_at desc limit 1",
                first.text("/items/0/takenAt")))
        .extracting(row -> row.get("id"))
        .containsExactly(second.text("/items/0/id"));
  }

  @Test
  void checkpointsNeedTheAuditScope() {
    assertThat(as("viewer").get("/api/v1/audit-checkpoints").text("/type"))
        .isEqualTo("/problems/insufficient-scope");
    assertThat(as("auditor").get("/api/v1/audit-checkpoints?since=1").status()).isEqualTo(400);
  }
}
