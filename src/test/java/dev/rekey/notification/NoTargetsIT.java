package dev.rekey.notification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditType;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** Runs Rekey without any target. */
class NoTargetsIT extends RekeyIT {

  @Autowired private AuditLog audit;
  @Autowired private TransactionTemplate transaction;

  @Test
  void eventsWithoutTargetCreateNoWebhook() {
    var credential = UUID.randomUUID();

    transaction.executeWithoutResult(
        _ -> audit.append(WebhookIT.entry(credential, AuditType.CREDENTIAL_MISSING)));

    assertThat(query("select 1 from audit_event where credential_id = ?", credential)).hasSize(1);
    assertThat(query("select 1 from webhook_delivery where order_key = ?", credential.toString()))
        .isEmpty();
    assertThat(as("admin").get("/api/v1/webhook-deliveries?state=PENDING&target=none").status())
        .isEqualTo(200);
  }

  @Test
  void serviceCannotUpdateEventBodyOrTarget() {
    assertThat(
            query(
                """
                select string_agg(column_name, ', ' order by column_name) as columns
                from information_schema.column_privileges
                where table_name = 'webhook_delivery' and grantee = 'rekey_service'
                  and privilege_type = 'UPDATE'
                """))
        .extracting(row -> row.get("columns"))
        .containsExactly(
            "is_first, last_failure, next_try_at, queued_at, settled_at, state, tries");
  }
}
