package dev.rekey.credential;

import dev.rekey.platform.query.SqlTime;
import dev.rekey.policy.Policies;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Whose policies apply while replicas with different ones run side by side: those of the replica
 * that started last. The others neither notify nor rotate.
 */
@Component
public class PolicyInForce {

  /** After so many check intervals without a confirmation another policy may replace one. */
  private static final int INTERVALS_TO_WAIT = 4;

  private final ExpiryPolicy policy;
  private final String fingerprint;
  private final JdbcClient jdbc;

  PolicyInForce(ExpiryPolicy policy, Policies policies, JdbcClient jdbc) {
    this.policy = policy;
    this.fingerprint =
        policy.fingerprint() + policies.rotations().map(PolicyInForce::hash).orElse("");
    this.jdbc = jdbc;
  }

  private static String hash(String text) {
    return " " + UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns true if this replica's policies are in force, and confirms them then. Replaces others
   * if {@code force} is true, or if no replica has confirmed those for some time.
   */
  @Transactional
  boolean affirm(boolean force) {
    return jdbc.sql(
                """
                insert into expiry_policy as known (fingerprint) values (:mine)
                on conflict (only_one)
                do update set fingerprint = excluded.fingerprint, affirmed_at = now()
                where :force or known.fingerprint = excluded.fingerprint
                  or known.affirmed_at < now() - make_interval(secs => :wait)
                """)
            .param("mine", fingerprint)
            .param("force", force)
            .param("wait", SqlTime.seconds(policy.checkEvery().multipliedBy(INTERVALS_TO_WAIT)))
            .update()
        == 1;
  }

  /** Whether this replica's policies were in force when a replica confirmed some last. */
  @Transactional(readOnly = true)
  public boolean isOurs() {
    return jdbc.sql("select fingerprint = :mine from expiry_policy")
        .param("mine", fingerprint)
        .query(Boolean.class)
        .optional()
        .orElse(false);
  }
}
