package dev.rekey.audit;

import static dev.rekey.run.Json.json;
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
    Answer old = as("payments").post(CHECKOUT, json("name", "old"));
    Answer replacement = rotate(old);
    as("payments").post("/api/v1/rotations/" + rotation(replacement) + "/confirm", "{}");
    as("payments").delete(CHECKOUT + "/" + old.text("/id"));

    assertThat(timeline(old))
        .containsExactly(
            "credential.delete.succeeded",
            "credential.delete.requested",
            "rotation.confirmed",
            "rotation.succeeded " + rotation(replacement),
            "rotation.requested " + rotation(replacement),
            "rotation.succeeded " + rotation(old),
            "rotation.requested " + rotation(old));
    assertThat(timeline(replacement))
        .containsExactly(
            "rotation.confirmed",
            "rotation.succeeded " + rotation(replacement),
            "rotation.requested " + rotation(replacement));
  }

  @Test
  void timelineHasRotationsThatDidNotReplaceTheCredential() {
    Answer old = as("payments").post(CHECKOUT, json("name", "old"));
    Answer replacement = rotate(old);
    as("payments").post("/api/v1/rotations/" + rotation(replacement) + "/revert", "{}");
    control().fault("keycard", "create", "status", "\"status\":422,\"times\":1");
    Answer refused = rotate(old);

    assertThat(timeline(old))
        .startsWith(
            "rotation.rejected " + refused.header("Rekey-Rotation-Id"),
            "rotation.requested " + refused.header("Rekey-Rotation-Id"),
            "rotation.reverted",
            "rotation.succeeded " + rotation(replacement));
  }

  @Test
  void pagesHaveNoGap() {
    Answer made = as("payments").post(CHECKOUT, json("name", "paged"));
    for (int i = 0; i < 4; i++) {
      as("payments").send("PATCH", CHECKOUT + "/" + made.text("/id"), json("name", "paged-" + i));
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
    Answer other = as("payments").post(CHECKOUT, json("name", "other"));
    assertThat(as("payments").get(path(other) + "?cursor=" + cursor).text("/type"))
        .isEqualTo("/problems/invalid-cursor");
  }

  @Test
  void invisibleCredentialHasNoTimeline() {
    Answer made = as("payments").post(CHECKOUT, json("name", "mine"));

    Answer hidden = as("search").get(path(made));
    Answer missing = as("search").get("/api/v1/credentials/" + UUID.randomUUID() + "/timeline");

    assertThat(hidden.status()).isEqualTo(404);
    assertThat(hidden.body()).isEqualTo(missing.body());
    assertThat(as("auditor").get(path(made)).status()).isEqualTo(200);
    assertThat(as("viewer").get(path(made)).text("/scope")).isEqualTo("audit:read");
  }

  private Answer rotate(Answer old) {
    Http http = as("payments").with("Idempotency-Key", UUID.randomUUID().toString());
    return http.post(CHECKOUT + "/" + old.text("/id") + "/rotate", "{}");
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
