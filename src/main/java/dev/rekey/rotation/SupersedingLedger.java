package dev.rekey.rotation;

import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditType;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Closes unknown rotations that a later rotation of the same target has settled. */
@Component
class SupersedingLedger {

  private final JdbcClient jdbc;
  private final AuditLog audit;

  SupersedingLedger(JdbcClient jdbc, AuditLog audit) {
    this.jdbc = jdbc;
    this.audit = audit;
  }

  /**
   * Closes the unknown rotations whose credentials a successful attempt at a replacing upstream has
   * revoked.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  void supersede(OpenAttempt attempt) {
    String reason = "superseded by rotation " + attempt.rotation();
    for (UUID rotation : supersededBy(attempt)) {
      jdbc.sql(
              "update rotation_attempt set state = 'SUPERSEDED', next_check_at = null,"
                  + " epoch = epoch + 1 where rotation_id = :id and state = 'UNKNOWN'")
          .param("id", rotation)
          .update();
      jdbc.sql("update rotation set state = 'SUPERSEDED', reason = :reason where id = :id")
          .param("id", rotation)
          .param("reason", reason)
          .update();
      audit.append(
          AuditEntry.ofRekey(AuditType.ROTATION_SUPERSEDED, attempt.subject())
              .rotation(rotation)
              .result(null, reason));
    }
  }

  private List<UUID> supersededBy(OpenAttempt attempt) {
    return jdbc.sql(
            """
            select r.id from rotation r
            where r.upstream = :upstream and r.target = :target and r.state = 'UNKNOWN'
              and r.id <> :rotation and exists (
                select from rotation_attempt a
                where a.rotation_id = r.id and a.state = 'UNKNOWN' and a.started_at <=
                  (select started_at from rotation_attempt where id = :attempt))
            order by r.id for no key update
            """)
        .param("upstream", attempt.upstream().value())
        .param("target", attempt.request().target())
        .param("rotation", attempt.rotation())
        .param("attempt", attempt.id())
        .query((row, _) -> row.getObject(1, UUID.class))
        .list();
  }
}
