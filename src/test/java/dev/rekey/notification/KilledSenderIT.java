package dev.rekey.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.standardwebhooks.Webhook;
import dev.rekey.audit.AuditType;
import dev.rekey.notification.Receiver.Call;
import dev.rekey.notification.Receiver.Reaction;
import dev.rekey.run.RekeyProcess;
import java.net.http.HttpHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts another replica by {@code java -jar}, and kills it while it delivers. */
@Tag("chaos")
class KilledSenderIT extends WebhookIT {

  private final UUID credential = UUID.randomUUID();

  @TempDir private Path directory;

  @Test
  void webhooksOfAKilledReplicaAreSentAgainInOrderWithTheSameId() throws Exception {
    PAGER.reacts(Reaction.HANG);
    append(credential, AuditType.CREDENTIAL_MISSING, AuditType.CREDENTIAL_EXPIRED);
    Map<String, String> properties = properties();
    properties.put("rekey.notifications.targets[0].timeout", "30s");
    var replica = RekeyProcess.start(properties, directory.resolve("replica.log"));
    try {
      await().atMost(Duration.ofSeconds(20)).until(() -> PAGER.calls().size() == 1);
    } finally {
      replica.kill();
    }
    PAGER.reacts(Reaction.ACCEPT);
    PAGER.release();

    deliver();
    assertThat(PAGER.calls()).hasSize(1);
    expireClaims();
    deliver();

    assertThat(states("pager", credential)).containsExactly("DELIVERED", "DELIVERED");
    assertThat(PAGER.calls())
        .extracting(Call::id)
        .containsExactly(
            events(credential).getFirst(),
            events(credential).getFirst(),
            events(credential).getLast());
    assertThat(PAGER.calls().get(0).body()).isEqualTo(PAGER.calls().get(1).body());
    for (Call call : PAGER.calls()) {
      new Webhook(FIRST_SECRET).verify(call.body(), HttpHeaders.of(call.headers(), (_, _) -> true));
    }
  }

  @Test
  void insecureTargetPreventsTheStart() throws Exception {
    Map<String, String> properties = properties();
    properties.put(
        "rekey.notifications.targets[1].url", "http://hooks.example.com/?token=" + TOKEN);
    Path output = directory.resolve("refused.log");

    assertThat(catchThrowable(() -> RekeyProcess.start(properties, output)))
        .hasStackTraceContaining("Rekey ended by itself");
    assertThat(Files.readString(output))
        .contains("(rekey.notifications.targets[1].url) has to be an https URL")
        .doesNotContain(TOKEN);
  }

  private static Map<String, String> properties() {
    var properties = new HashMap<>(surroundings().properties());
    properties.putAll(settings());
    properties.put("rekey.rotation.reconcile-every", "P1D");
    properties.put("rekey.rotation.retire-every", "P1D");
    return properties;
  }
}
