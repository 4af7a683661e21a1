package dev.rekey.rotation;

import static dev.rekey.run.Control.times;
import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Closing a rotation whose outcome stays unknown. */
class ResolveIT extends RekeyIT {

  @Autowired private Reconciler reconciler;

  @Test
  void anAdminResolvesAnUnknownOutcomeWithAReason() {
    control().fault("conductorone", "rotate", "reset-before");
    String rotation = as("payments").post(ROTATE, OKTA).text("/rotationId");
    control().clearFaults();
    reconciler.sweep();
    String path = "/api/v1/rotations/" + rotation + "/resolve";
    String body = json("reason", "checked the tenant: no credential");

    assertThat(as("payments").post(path, body).status()).isEqualTo(403);
    assertThat(as("admin").post(path, "{}").status()).isEqualTo(400);
    assertThat(as("admin").post(path, json("reason", " ")).status()).isEqualTo(400);
    Answer resolved = as("admin").post(path, body);

    assertThat(resolved.status()).isEqualTo(200);
    assertThat(resolved.text("/state")).isEqualTo("RESOLVED");
    assertThat(resolved.text("/reason")).startsWith("checked");
    assertThat(resolved.text("/attempts/0/state")).isEqualTo("RESOLVED");
    assertThat(
            query(
                "select actor_id, reason from audit_event where rotation_id = ?::uuid"
                    + " and type = 'rotation.resolved'",
                rotation))
        .containsExactly(
            Map.of("actor_id", "admin", "reason", "checked the tenant: no credential"));
    assertThat(as("admin").post(path, body).status()).isEqualTo(409);
  }

  @Test
  void anOutcomeThatRekeyIsReconcilingIsNotResolved() {
    control().fault("keycard", "create", "reset-before", times(1));
    String rotation = as("payments").post(CHECKOUT, json("name", "other")).text("/rotationId");

    Answer refused =
        as("admin").post("/api/v1/rotations/" + rotation + "/resolve", json("reason", "impatient"));

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/detail")).contains("automatically");
  }
}
