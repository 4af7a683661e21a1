package sandbox.keycard;

import java.time.Instant;
import sandbox.wire.Json;
import tools.jackson.databind.node.ObjectNode;

/**
 * The owner of credentials.
 *
 * @param number its position in lists; newer is larger
 */
record ServiceAccount(String id, long number, Instant createdAt) {
  static final String ORGANIZATION = "acme";
  static final String ORGANIZATION_LABEL = "acme-corp";

  String subject() {
    return "organizations/" + ORGANIZATION + "/service-accounts/" + id;
  }

  ObjectNode toJson() {
    return Json.object()
        .put("id", id)
        .put("created_at", KeycardTimes.text(createdAt))
        .put("updated_at", KeycardTimes.text(createdAt))
        .put("name", id);
  }
}
