package sandbox.conductorone;

import static java.time.ZoneOffset.UTC;
import static sandbox.wire.Upstream.CONDUCTORONE;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;
import sandbox.gateway.Registry.Live;
import sandbox.wire.Json;
import sandbox.wire.RandomText;
import sandbox.wire.SecretText;
import tools.jackson.databind.node.ObjectNode;

/** One connector credential. It is valid until it is revoked. */
record ConnectorCredential(
    String id,
    Connector connector,
    String clientId,
    SecretText secret,
    Instant createdAt,
    Instant updatedAt,
    @Nullable Instant lastUsedAt,
    @Nullable Instant deletedAt) {

  private static final Duration LIFETIME = Duration.ofDays(90);
  private static final DateTimeFormatter NANOSECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(UTC);

  /** The owner of a credential. */
  record Connector(String appId, String id) {
    String subject() {
      return "apps/" + appId + "/connectors/" + id;
    }
  }

  static ConnectorCredential mint(String id, Connector connector, Instant now) {
    String clientId =
        "%s-%s@%s/cnc"
            .formatted(connector.id(), RandomText.lowercase(12), ConductorOneClients.HOST);
    return new ConnectorCredential(
        id, connector, clientId, KeySecret.generate(), now, now, null, null);
  }

  ConnectorCredential used(Instant now) {
    return new ConnectorCredential(
        id, connector, clientId, secret, createdAt, updatedAt, now, deletedAt);
  }

  ConnectorCredential revoked(Instant now) {
    return new ConnectorCredential(
        id, connector, clientId, secret, createdAt, now, lastUsedAt, now);
  }

  boolean lives() {
    return deletedAt == null;
  }

  Instant expiresTime() {
    return createdAt.plus(LIFETIME);
  }

  Live toLive() {
    return new Live(
        CONDUCTORONE,
        connector.subject(),
        id,
        clientId,
        "",
        null,
        createdAt,
        lastUsedAt,
        expiresTime());
  }

  /** Serialized as proto3 does with unpopulated fields: unset text is "", unset times are null. */
  ObjectNode toJson(String clientSecret) {
    return Json.object()
        .put("id", id)
        .put("appId", connector.appId())
        .put("connectorId", connector.id())
        .put("clientId", clientId)
        .put("clientSecret", clientSecret)
        .put("displayName", "")
        .put("createdAt", text(createdAt))
        .put("updatedAt", text(updatedAt))
        .put("expiresTime", text(expiresTime()))
        .put("lastUsedAt", text(lastUsedAt))
        .put("deletedAt", text(deletedAt));
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : NANOSECONDS.format(time);
  }
}
