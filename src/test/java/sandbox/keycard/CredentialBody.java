package sandbox.keycard;

import static sandbox.wire.ErrorShape.KEYCARD;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import sandbox.wire.Call;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The two members of a credential that a caller may set. Null means absent. */
record CredentialBody(@Nullable String name, @Nullable String description) {

  static CredentialBody read(Call call) {
    ObjectNode body =
        call.json().orElseThrow(() -> KEYCARD.refusal(400, "Body is not a JSON object"));
    if (!Set.of("name", "description").containsAll(body.propertyNames())) {
      throw KEYCARD.refusal(400, "Unknown field in the body");
    }
    return new CredentialBody(text(body, "name", 1, 255), text(body, "description", 0, 500));
  }

  private static @Nullable String text(ObjectNode body, String field, int shortest, int longest) {
    JsonNode value = body.get(field);
    if (value == null) {
      return null;
    }
    if (!value.isString()) {
      throw KEYCARD.refusal(400, field + " must be a string");
    }
    String text = value.asString();
    if (text.length() < shortest || text.length() > longest) {
      throw KEYCARD.refusal(
          422, "%s must have %d to %d characters".formatted(field, shortest, longest));
    }
    return text;
  }
}
