package dev.rekey.rotation;

import dev.rekey.credential.OpenMints;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Tells the inventory which credentials it must leave to the reconciler. */
@Component
class AttemptsInDoubt implements OpenMints {

  private final JdbcClient jdbc;

  AttemptsInDoubt(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** As a side effect, an attempt that counts as not applied is looked at again at once. */
  @Override
  @Transactional
  public boolean mayClaim(UUID attempt) {
    jdbc.sql(
            "update rotation_attempt set next_check_at = clock_timestamp()"
                + " where id = :id and state = 'NOT_APPLIED'")
        .param("id", attempt)
        .update();
    return jdbc.sql(
            "select exists (select from rotation_attempt where id = :id and state <> 'SUCCEEDED')")
        .param("id", attempt)
        .query(Boolean.class)
        .single();
  }
}
