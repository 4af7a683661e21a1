package dev.rekey.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The events of one credential, from the request for it to its deletion. */
class TimelineIT extends RekeyIT {

  @Test
  void timelineGoesFromTheRequestToTheDeletion() {
    Answer older = as("payments").post(CHECKOUT, "{\"name\":\"older\"}");
    Answer newer = rotate(older);
    as("payments").post("/api/v1/rotations/" + rotation(newer) + "/confirm", "{}");
    as("payments").delete(CHECKOUT + "/" + older.text("/id"));

    assertThat(timeline(older))
        .containsExactly(
            "credential.delete.succeeded",
            "credential.delete.requested",
            "rotation.confirmed",
            "rotation.succeeded " + rotation(newer),
            "rotation.requested " + rotation(newer),
            "rotation.succeeded " + rotation(older),
            "rotation.requested " + rotation(older));
    assertThat(timeline(newer))
        .containsExactly(
            "rotation.confirmed",
            "rotation.succeeded " + rotation(newer),
            "rotation.requested " + rotation(newer));
  }

  @Test
  void timelineHasRotationsThatDidNotReplaceTheCredential() {
    Answer older = as("payments").post(CHECKOUT, "{\"name\":\"older\"}");
    Answer newer = rotate(older);
    as("payments").post("/api/v1/rotations/" + rotation(newer) + "/revert", "{}");
    control().fault("keycard", "create", "status", "\"status\":422,\"times\":1");
    Answer refused = rotate(older);

    assertThat(timeline(older))
        .startsWith(
            "rotation.rejected " + refused.header("Rekey-Rotation-Id"),
            "rotation.requested " + refused.header("Rekey-Rotation-Id"),
            "rotation.reverted",
            "rotation.succeeded " + rotation(newer));
  }

  @Test
  void pagesHaveNoGap() {
    Answer made = as("payments").post(CHECKOUT, "{\"name\":\"paged\"}");
    for (int i = 0; i < 4; i++) {
      as("payments")
          .send("PATCH", CHECKOUT + "/" + made.text("/id"), "{\"name\":\"paged-" + i + "\"}");
    }

    var seen = new ArrayList<String>();
    String path = path(made) + "?limit=3";
    while (path != null) {
      Answer page = as("payments").get(path);
      page.body().at("/items").forEach(event -> seen.add(event.at("/id").asString()));
      String link = page.header("Link");
      path = link == null ? null : link.substring(1, link.indexOf('>'));
    }

    assertThat(seen).hasSize(10).doesNotHaveDuplicates();
    assertThat(as("payments").get(path(made) + "?limit=0").status()).isEqualTo(400);
    assertThat(as("payments").get(path(made) + "?from=x").status()).isEqualTo(400);
    String cursor = as("payments").get(path(made) + "?limit=1").text("/nextCursor");
    Answer other = as("payments").post(CHECKOUT, "{\"name\":\"other\"}");
    assertThat(as("payments").get(path(other) + "?cursor=" + cursor).text("/type"))
        .isEqualTo("/problems/invalid-cursor");
  }

  @Test
  void invisibleCredentialHasNoTimeline() {
    Answer made = as("payments").post(CHECKOUT, "{\"name\":\"mine\"}");

    Answer hidden = as("search").get(path(made));
    Answer missing = as("search").get("/api/v1/credentials/" + UUID.randomUUID() + "/timeline");

    assertThat(hidden.status()).isEqualTo(404);
    assertThat(hidden.body()).isEqualTo(missing.body());
    assertThat(as("auditor").get(path(made)).status()).isEqualTo(200);
    assertThat(as("viewer").get(path(made)).text("/scope")).isEqualTo("audit:read");
  }

  private Answer rotate(Answer older) {
    Http http = as("payments").with("Idempotency-Key", UUID.randomUUID().toString());
    return http.post(CHECKOUT + "/" + older.text("/id") + "/rotate", "{}");
  }

  private List<String> timeline(Answer made) {
    return as("payments")
        .get(path(made))
        .body()
        .at("/items")
        .valueStream()
        .map(
            event -> {
              String type = event.at("/type").asString();
              return type.matches("rotation\\.(requested|succeeded|rejected)")
                  ? type + " " + event.at("/rotationId").asString()
                  : type;
            })
        .toList();
  }

  private static String path(Answer made) {
    return "/api/v1/credentials/" + made.header("Rekey-Credential-Id") + "/timeline";
  }

  private static String rotation(Answer made) {
    return String.valueOf(made.header("Rekey-Rotation-Id"));
  }
}
