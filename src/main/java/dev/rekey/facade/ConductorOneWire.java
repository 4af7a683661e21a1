package dev.rekey.facade;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.rekey.platform.PathId;
import dev.rekey.platform.ProblemType;
import dev.rekey.rotation.RevealedSecret;
import dev.rekey.upstream.Secret;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.conductorone.ConductorOne;
import io.swagger.v3.oas.annotations.media.Schema;
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

  @Schema(name = "RotateRequest", description = "Whose credential to rotate.")
  record RotateRequest(
      @Schema(
              description = "The app that the connector is attached to.",
              example = "crm",
              requiredMode = Schema.RequiredMode.REQUIRED)
          @Nullable String appId,
      @Schema(
              description = "The connector.",
              example = "okta",
              requiredMode = Schema.RequiredMode.REQUIRED)
          @Nullable String connectorId,
      @JsonProperty("app_id") @Schema(hidden = true) @Nullable String snakeAppId,
      @JsonProperty("connector_id") @Schema(hidden = true) @Nullable String snakeConnectorId) {

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

  @Schema(name = "Empty", description = "An empty object.")
  record Empty() {}

  @Schema(name = "ConnectorCredentialAnswer", description = "One connector credential.")
  record CredentialAnswer(
      @Schema(description = "The credential.") ConnectorCredential credential) {}

  @Schema(
      name = "RotatedCredentialLegacy",
      description = "A new credential in the shape of clients from before 2026.")
  record LegacyRotated(
      @Schema(description = "The credential.") LegacyCredential credential,
      @Schema(
              description = "The secret, shown this once.",
              type = "string",
              format = "password",
              example = "made-by-conductorone")
          @JsonSerialize(using = RevealedSecret.class)
          Secret clientSecret) {}

  @JsonInclude(JsonInclude.Include.ALWAYS)
  @Schema(name = "ConnectorCredential", description = "A connector's credential.")
  record ConnectorCredential(
      @Schema(description = "Its id.", example = "cred-7") String id,
      @Schema(description = "The connector's app.", example = "crm") String appId,
      @Schema(description = "The connector.", example = "okta") String connectorId,
      @Schema(description = "The public half.", example = "crm-okta-7") String clientId,
      @Schema(
              description = "The secret, in the answer to a rotation; else empty.",
              type = "string",
              format = "password",
              example = "made-by-conductorone")
          @JsonSerialize(using = RevealedSecret.class)
          Secret clientSecret,
      @Schema(description = "Its name.", example = "okta") String displayName,
      @Schema(description = "When it was made.", example = "2026-11-22T09:30:00.000000Z")
          @Nullable Instant createdAt,
      @Schema(description = "When it was changed.", example = "2026-11-22T09:30:00.000000Z")
          @Nullable Instant updatedAt,
      @Schema(description = "When it ends by itself.", example = "2027-02-20T09:30:00.000000Z")
          @Nullable Instant expiresTime,
      @Schema(description = "When it was last used.") @Nullable Instant lastUsedAt,
      @Schema(description = "When it was revoked.") @Nullable Instant deletedAt) {}

  /** As {@link ConnectorCredential}, from before it had a secret. */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  @Schema(name = "ConnectorCredentialLegacy", description = "A connector's credential.")
  record LegacyCredential(
      @Schema(description = "Its id.", example = "cred-7") String id,
      @Schema(description = "The connector's app.", example = "crm") String appId,
      @Schema(description = "The connector.", example = "okta") String connectorId,
      @Schema(description = "The public half.", example = "crm-okta-7") String clientId,
      @Schema(description = "Its name.", example = "okta") String displayName,
      @Schema(description = "When it was made.", example = "2026-11-22T09:30:00.000000Z")
          @Nullable Instant createdAt,
      @Schema(description = "When it was changed.", example = "2026-11-22T09:30:00.000000Z")
          @Nullable Instant updatedAt,
      @Schema(description = "When it ends by itself.", example = "2027-02-20T09:30:00.000000Z")
          @Nullable Instant expiresTime,
      @Schema(description = "When it was last used.") @Nullable Instant lastUsedAt,
      @Schema(description = "When it was revoked.") @Nullable Instant deletedAt) {}

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
