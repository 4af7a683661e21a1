package dev.rekey.credential;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** The gauges of the inventory. */
class InventoryMetricsIT extends RekeyIT {

  @Autowired private InventoryMetrics metrics;
  @Autowired private MeterRegistry meters;

  @Test
  void credentialsAreCountedByStatus() {
    mint("measured");

    metrics.measure();

    assertThat(management().get("/actuator/prometheus").raw().body())
        .contains(
            "rekey_credentials{status=\"ACTIVE\"} "
                + (double) numberOf("select count(*) from credential where status = 'ACTIVE'"));
  }

  @Test
  void expiryByUpstreamAndExpiryByPolicyAreSeparate() {
    String id = mint("ending");

    execute(
        "update credential set policy_expires_at = now() + interval '3 min' where upstream_id = ?",
        id);
    assertThat(nextExpiryAtKeycard("policy")).isBetween(0.0, 180.0);
    assertThat(nextExpiryAtKeycard("upstream")).matches(left -> !(left <= 180));

    execute(
        "update credential set expires_at = policy_expires_at, policy_expires_at = null"
            + " where upstream_id = ?",
        id);
    assertThat(nextExpiryAtKeycard("upstream")).isBetween(0.0, 180.0);
    assertThat(nextExpiryAtKeycard("policy")).matches(left -> !(left <= 180));

    execute("update credential set expires_at = null where upstream_id = ?", id);
  }

  private double nextExpiryAtKeycard(String by) {
    metrics.measure();
    return meters
        .get("rekey.credential.next.expiry")
        .tags("upstream", "keycard", "by", by)
        .gauge()
        .value();
  }

  private String mint(String name) {
    return as("payments").post(CHECKOUT, json("name", name)).text("/id");
  }
}
