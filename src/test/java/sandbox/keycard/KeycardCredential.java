package sandbox.keycard;

import static sandbox.wire.Upstream.KEYCARD;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import sandbox.gateway.Registry.Live;
import sandbox.wire.Json;
import sandbox.wire.RandomText;
import sandbox.wire.SecretText;
import tools.jackson.databind.node.ObjectNode;

/** One service-account credential. It does not expire. */
record KeycardCredential(
    String id,
    ServiceAccount account,
    String clientId,
    SecretText secret,
    String name,
    @Nullable String description,
    Instant createdAt,
    @Nullable Instant lastUsedAt) {

  static KeycardCredential mint(
      String id,
      ServiceAccount account,
      String name,
      @Nullable String description,
      Instant createdAt) {
    var secret = new SecretText(RandomText.alphanumeric(64));
    return new KeycardCredential(
        id, account, RandomText.alphanumeric(21), secret, name, description, createdAt, null);
  }

  KeycardCredential used(Instant now) {
    return new KeycardCredential(id, account, clientId, secret, name, description, createdAt, now);
  }

  /** A null argument leaves its value unchanged. */
  KeycardCredential described(@Nullable String newName, @Nullable String newDescription) {
    return new KeycardCredential(
        id,
        account,
        clientId,
        secret,
        newName == null ? name : newName,
        newDescription == null ? description : newDescription,
        createdAt,
        lastUsedAt);
  }

  Live toLive() {
    return new Live(
        KEYCARD, account.subject(), id, clientId, name, description, createdAt, lastUsedAt, null);
  }

  /** Unset values are omitted, as the vendor's SDK types say. */
  ObjectNode toJson() {
    ObjectNode json =
        Json.object()
            .put("id", id)
            .put("client_id", clientId)
            .put("created_at", KeycardTimes.text(createdAt))
            .put("name", name);
    if (description != null) {
      json.put("description", description);
    }
    if (lastUsedAt != null) {
      json.put("last_used_at", KeycardTimes.text(lastUsedAt));
    }
    return json;
  }

  /** The only response that contains the secret. */
  ObjectNode toJsonWithSecret() {
    return toJson().put("client_secret", secret.reveal());
  }
}
