package dev.rekey.credential;

import dev.rekey.policy.Policies;
import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Lets tests put policies in force. */
public final class TestPolicyInForce {

  private TestPolicyInForce() {}

  /** Policies that are in force from now on. */
  public static PolicyInForce of(Policies policies, JdbcClient jdbc) {
    var expiry =
        new ExpiryPolicy(
            new ExpiryProperties(Duration.ofDays(365), List.of(), Duration.ofDays(1)), policies);
    var inForce = new PolicyInForce(expiry, policies, jdbc);
    inForce.affirm(true);
    return inForce;
  }
}
