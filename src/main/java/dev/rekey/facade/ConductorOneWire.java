package dev.rekey.facade;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.rekey.platform.PathId;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.rotation.RevealedSecret;
import dev.rekey.upstream.Secret;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.conductorone.ConductorOne;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * ConductorOne's shapes. Unset strings are {@code ""} and unset times null, as its proto3 gateway
 * writes them.
 */
final class ConductorOneWire {

  private static final Secret NONE = Secret.of("");

  private ConductorOneWire() {}

  record RotateRequest(
      @Nullable String appId,
      @Nullable String connectorId,
      @JsonProperty("app_id") @Nullable String snakeAppId,
      @JsonProperty("connector_id") @Nullable String snakeConnectorId) {

    /** The connector; throws a problem if an id is missing, twice there or not well-formed. */
    Subject connector() {
      return ConductorOne.connector(
          id("appId", appId, snakeAppId), id("connectorId", connectorId, snakeConnectorId));
    }

    // ConductorOne's gateway takes both spellings, as protojson does, but not at once.
    private static PathId id(String field, @Nullable String camel, @Nullable String snake) {
      if (camel != null && snake != null) {
        throw ProblemType.INVALID_REQUEST.with(field + " is there in both spellings.").exception();
      }
      String value = camel == null ? snake : camel;
      if (value == null || value.isEmpty()) {
        throw ProblemType.INVALID_REQUEST.with(field + " is required.").exception();
      }
      if (!PathId.isValid(value)) {
        throw ProblemType.INVALID_ID
            .with(field + " has to match " + PathId.PATTERN + " and not be . or ..")
            .exception();
      }
      return PathId.of(value);
    }
  }

  record Empty() {}

  record CredentialAnswer(ConnectorCredential credential) {}

  record LegacyRotated(
      LegacyCredential credential,
      @JsonSerialize(using = RevealedSecret.class) Secret clientSecret) {}

  @JsonInclude(JsonInclude.Include.ALWAYS)
  record ConnectorCredential(
      String id,
      String appId,
      String connectorId,
      String clientId,
      @JsonSerialize(using = RevealedSecret.class) Secret clientSecret,
      String displayName,
      @Nullable Instant createdAt,
      @Nullable Instant updatedAt,
      @Nullable Instant expiresTime,
      @Nullable Instant lastUsedAt,
      @Nullable Instant deletedAt) {}

  /** As {@link ConnectorCredential}, from before it had a secret. */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record LegacyCredential(
      String id,
      String appId,
      String connectorId,
      String clientId,
      String displayName,
      @Nullable Instant createdAt,
      @Nullable Instant updatedAt,
      @Nullable Instant expiresTime,
      @Nullable Instant lastUsedAt,
      @Nullable Instant deletedAt) {}

  static CredentialAnswer answer(Subject connector, UpstreamCredential credential) {
    return answer(connector, credential, NONE);
  }

  static CredentialAnswer answer(Subject connector, UpstreamCredential credential, Secret secret) {
    return new CredentialAnswer(
        new ConnectorCredential(
            credential.id().value(),
            connector.parent().value(),
            connector.id().value(),
            emptyIfNull(credential.clientId()),
            secret,
            emptyIfNull(credential.name()),
            credential.createdAt(),
            credential.updatedAt(),
            credential.expiresAt(),
            credential.lastUsedAt(),
            credential.deletedAt()));
  }

  static LegacyRotated legacy(Subject connector, UpstreamCredential credential, Secret secret) {
    return new LegacyRotated(
        new LegacyCredential(
            credential.id().value(),
            connector.parent().value(),
            connector.id().value(),
            emptyIfNull(credential.clientId()),
            emptyIfNull(credential.name()),
            credential.createdAt(),
            credential.updatedAt(),
            credential.expiresAt(),
            credential.lastUsedAt(),
            credential.deletedAt()),
        secret);
  }

  private static String emptyIfNull(@Nullable String text) {
    return text == null ? "" : text;
  }
}
