package dev.rekey.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditType;
import dev.rekey.notification.Receiver.Call;
import io.cloudevents.CloudEventData;
import io.cloudevents.core.provider.EventFormatProvider;
import io.cloudevents.jackson.JsonFormat;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Checks body, signature and types of webhooks, and that only committed events are sent. */
class WebhookFormatIT extends WebhookIT {

  private static final AuditType EXPIRING = AuditType.CREDENTIAL_EXPIRING;

  private final UUID credential = UUID.randomUUID();

  @Test
  void webhookIsACloudEventWithTheEventOfTheAuditApi() {
    transaction.executeWithoutResult(
        _ ->
            append(
                entry(credential, EXPIRING)
                    .result(null, "7 days are left; Grüße aus Zürich ☃")
                    .changes(List.of(new Change("days", "14", "7")))));
    deliver();

    Call call = PAGER.calls().getFirst();
    assertThat(call.header("content-type"))
        .isEqualTo("application/cloudevents+json; charset=UTF-8");
    var event =
        Objects.requireNonNull(
                EventFormatProvider.getInstance().resolveFormat(JsonFormat.CONTENT_TYPE))
            .deserialize(call.body().getBytes(StandardCharsets.UTF_8));
    assertThat(event.getSpecVersion().toString()).isEqualTo("1.0");
    assertThat(event.getId()).isEqualTo(call.id()).isEqualTo(events(credential).getFirst());
    assertThat(event.getType()).isEqualTo("dev.rekey.credential.expiring");
    assertThat(event.getSource()).hasToString("/rekey");
    assertThat(event.getSubject()).isEqualTo(CHECKOUT_ACCOUNT.name());
    assertThat(event.getDataContentType()).isEqualTo("application/json");
    JsonNode shown = as("auditor").get("/api/v1/audit-events/" + event.getId()).body();
    assertThat(Objects.requireNonNull(event.getTime()).toInstant())
        .isEqualTo(Instant.parse(shown.path("occurredAt").asString()));
    assertThat(withoutSeq(data(event.getData()))).isEqualTo(withoutSeq(shown));
  }

  @Test
  void signatureVerifiesWithEachSecretOfTheTarget() throws Exception {
    append(credential, EXPIRING);
    deliver();

    Call call = PAGER.calls().getFirst();
    HttpHeaders headers = HttpHeaders.of(call.headers(), (_, _) -> true);
    for (String secret : List.of(FIRST_SECRET, SECOND_SECRET)) {
      var key = new Webhook(secret);
      key.verify(call.body(), headers);
      assertThatThrownBy(() -> key.verify(call.body().replace("expiring", "expired"), headers))
          .isInstanceOf(WebhookVerificationException.class);
    }
    Call plain = CALENDAR.calls().getFirst();
    new Webhook(PLAIN_SECRET.getBytes(StandardCharsets.UTF_8))
        .verify(plain.body(), HttpHeaders.of(plain.headers(), (_, _) -> true));
    assertThatThrownBy(
            () ->
                new Webhook(FIRST_SECRET)
                    .verify(plain.body(), HttpHeaders.of(plain.headers(), (_, _) -> true)))
        .isInstanceOf(WebhookVerificationException.class);
  }

  @Test
  void targetsGetOnlyTheirTypes() {
    append(credential, Target.ALL_TYPES.toArray(AuditType[]::new));
    append(
        credential,
        AuditType.CREDENTIAL_CHANGED,
        AuditType.CREDENTIAL_REAPPEARED,
        AuditType.CREDENTIAL_ADOPTED,
        AuditType.UPDATE_NOT_APPLIED,
        AuditType.WEBHOOK_REDELIVERED);
    deliver();

    assertThat(PAGER.calls())
        .extracting(WebhookIT::type)
        .containsExactlyInAnyOrder(
            "dev.rekey.credential.expiring",
            "dev.rekey.credential.expired",
            "dev.rekey.credential.missing",
            "dev.rekey.credential.discovered",
            "dev.rekey.credential.unmanaged-mint",
            "dev.rekey.rotation.unknown",
            "dev.rekey.credential.update.unknown",
            "dev.rekey.credential.delete.unknown",
            "dev.rekey.credential.revoke.unknown",
            "dev.rekey.old-credential-still-used",
            "dev.rekey.delivery.lost",
            "dev.rekey.delivery.parked",
            "dev.rekey.automation.halted",
            "dev.rekey.finding.opened");
    assertThat(CALENDAR.calls())
        .extracting(WebhookIT::type)
        .containsExactly("dev.rekey.credential.expiring");
  }

  @Test
  void rolledBackEventsAreNotSent() {
    transaction.executeWithoutResult(
        status -> {
          append(entry(credential, EXPIRING));
          status.setRollbackOnly();
        });
    deliver();

    assertThat(PAGER.calls()).isEmpty();
    assertThat(count("select count(*) as number from webhook_delivery")).isZero();
  }

  @Test
  void eventIsRolledBackIfItsWebhookCannotBeInserted() {
    execute("alter table webhook_delivery add constraint refuse check (target <> 'pager')");
    try {
      assertThatThrownBy(() -> append(credential, EXPIRING)).hasStackTraceContaining("refuse");
    } finally {
      execute("alter table webhook_delivery drop constraint refuse");
    }

    assertThat(
            count("select count(*) as number from audit_event where credential_id = ?", credential))
        .isZero();
  }

  private static JsonNode data(@Nullable CloudEventData data) {
    return JsonMapper.shared().readTree(Objects.requireNonNull(data).toBytes());
  }

  // An event has no position in the chain yet when its webhook is inserted.
  private static JsonNode withoutSeq(JsonNode event) {
    return ((ObjectNode) event).without("seq");
  }
}
