package dev.rekey.notification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.audit.AuditType;
import dev.rekey.notification.Receiver.Call;
import dev.rekey.notification.Receiver.Reaction;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Searches everything that Rekey writes for signing secrets and tokens in URLs. */
@ExtendWith(OutputCaptureExtension.class)
class WebhookSecrecyIT extends WebhookIT {

  @Test
  void secretsAndTokensAreInNoTableLogMetricResponseOrWebhook(CapturedOutput output) {
    var logging = LoggingSystem.get(getClass().getClassLoader());
    logging.setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.TRACE);
    try {
      for (Reaction reaction :
          List.of(Reaction.FAIL, Reaction.CUT, Reaction.REDIRECT, Reaction.ACCEPT)) {
        PAGER.reacts(reaction);
        append(UUID.randomUUID(), AuditType.CREDENTIAL_EXPIRING);
        deliver();
      }
      PAGER.goDown();
      makeRetriesDue();
      deliver();
    } finally {
      logging.setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.INFO);
    }

    String seen =
        String.join(
            "\n",
            query("select * from webhook_delivery").toString(),
            query("select * from audit_event where subject = ?", CHECKOUT_ACCOUNT.name())
                .toString(),
            as("admin").get("/api/v1/webhook-deliveries?limit=500").raw().body(),
            management().get("/actuator/prometheus").raw().body(),
            PAGER.calls().stream().map(Call::body).collect(Collectors.joining()),
            output.getAll());
    assertThat(seen).contains("Webhooks to pager fail", "no connection");
    for (String secret : List.of(TOKEN, FIRST_SECRET, SECOND_SECRET, PLAIN_SECRET)) {
      for (String form : List.of(secret, bare(secret), base64(secret))) {
        assertThat(seen.contains(form)).as(form).isFalse();
      }
    }
  }

  private static String bare(String secret) {
    return secret.startsWith("whsec_")
        ? new String(
            Base64.getDecoder().decode(secret.substring("whsec_".length())), StandardCharsets.UTF_8)
        : secret;
  }

  private static String base64(String secret) {
    return Base64.getEncoder()
        .withoutPadding()
        .encodeToString(bare(secret).getBytes(StandardCharsets.UTF_8));
  }
}
