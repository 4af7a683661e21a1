package dev.rekey.notification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.notification.Receiver.Call;
import dev.rekey.run.Http.Answer;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sends webhooks for real changes at an upstream, made by Rekey and outside it. */
class RealEventsIT extends WebhookIT {

  private static final String CHECKOUT =
      "/organizations/acme/service-accounts/checkout/credentials";

  @Test
  void changesAtAnUpstreamAreSentWithoutSecrets() {
    Answer ours = as("payments").post(CHECKOUT, "{\"name\":\"ours\"}");
    Answer theirs = keycardDirectly().post(CHECKOUT, "{\"name\":\"theirs\"}");
    as("payments").get(CHECKOUT + "/" + theirs.text("/id"));
    keycardDirectly().delete(CHECKOUT + "/" + ours.text("/id"));
    as("payments").get(CHECKOUT + "/" + ours.text("/id"));
    control().fault("keycard", "create", "reset-after", "\"times\":1");
    Answer unknown = as("payments").post(CHECKOUT, "{\"name\":\"unknown\"}");

    deliver();

    assertThat(unknown.text("/type")).isEqualTo("/problems/rotation-outcome-unknown");
    assertThat(received("dev.rekey.rotation.unknown", "rotationId"))
        .contains(unknown.text("/rotationId"));
    assertThat(received("dev.rekey.credential.missing", "upstreamId")).contains(ours.text("/id"));
    assertThat(
            received("dev.rekey.credential.discovered", "upstreamId")
                + received("dev.rekey.credential.unmanaged-mint", "upstreamId"))
        .contains(theirs.text("/id"));
    String everything = PAGER.calls().stream().map(Call::toString).collect(Collectors.joining());
    for (Answer made : List.of(ours, theirs)) {
      assertThat(made.text("/client_secret")).hasSizeGreaterThan(15);
      assertThat(everything.contains(made.text("/client_secret"))).isFalse();
    }
  }

  /** The values of one member in the received events of a type. */
  private static String received(String type, String member) {
    return PAGER.calls().stream()
        .map(call -> JsonMapper.shared().readTree(call.body()))
        .filter(event -> event.path("type").asString().equals(type))
        .map(event -> event.path("data").path(member))
        .map(JsonNode::asString)
        .collect(Collectors.joining(","));
  }
}
