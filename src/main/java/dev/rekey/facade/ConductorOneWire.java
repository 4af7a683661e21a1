package dev.rekey.facade;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.rekey.platform.PathId;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.rotation.RevealedSecret;
import dev.rekey.upstream.Minted;
import dev.rekey.upstream.Secret;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.conductorone.ConductorOne;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * ConductorOne's JSON. A string without a value is {@code ""} and a time without a value is null,
 * as its proto3 gateway writes them.
 */
final class ConductorOneWire {

  private static final Secret NONE = Secret.of("");

  private ConductorOneWire() {}

  record RotateRequest(
      @Nullable String appId,
      @Nullable String connectorId,
      @JsonProperty("app_id") @Nullable String snakeAppId,
      @JsonProperty("connector_id") @Nullable String snakeConnectorId) {

    /** The connector; throws a problem if an id is missing, given twice or not well-formed. */
    Subject connector() {
      return ConductorOne.connector(
          id("appId", appId, snakeAppId), id("connectorId", connectorId, snakeConnectorId));
    }

    // As protojson does, ConductorOne's gateway takes either spelling, but not both at once.
    private static PathId id(String field, @Nullable String camel, @Nullable String snake) {
      if (camel != null && snake != null) {
        throw ProblemType.INVALID_REQUEST.with(field + " is given in both spellings.");
      }
      String value = camel == null ? snake : camel;
      if (value == null || value.isEmpty()) {
        throw ProblemType.INVALID_REQUEST.with(field + " is required.");
      }
      if (!PathId.isValid(value)) {
        throw ProblemType.INVALID_ID.with(
            field + " must match " + PathId.PATTERN + " and not be . or ..");
      }
      return PathId.of(value);
    }
  }

  record Empty() {}

  record CredentialResponse(ConnectorCredential credential) {}

  /** The response of the older route, with the secret next to the credential. */
  record LegacyRotated(
      ConnectorCredential credential,
      @JsonSerialize(using = RevealedSecret.class) Secret clientSecret) {}

  /**
   * A credential.
   *
   * @param clientSecret empty where the secret is not shown; null, and left out, in the older form
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record ConnectorCredential(
      String id,
      String appId,
      String connectorId,
      String clientId,
      @JsonInclude(JsonInclude.Include.NON_NULL) @JsonSerialize(using = RevealedSecret.class)
          @Nullable Secret clientSecret,
      String displayName,
      @Nullable Instant createdAt,
      @Nullable Instant updatedAt,
      @Nullable Instant expiresTime,
      @Nullable Instant lastUsedAt,
      @Nullable Instant deletedAt) {}

  static CredentialResponse response(Subject connector, UpstreamCredential credential) {
    return new CredentialResponse(credential(connector, credential, NONE));
  }

  static CredentialResponse response(Subject connector, Minted minted) {
    return new CredentialResponse(credential(connector, minted.credential(), minted.secret()));
  }

  static LegacyRotated legacy(Subject connector, Minted minted) {
    return new LegacyRotated(credential(connector, minted.credential(), null), minted.secret());
  }

  private static ConnectorCredential credential(
      Subject connector, UpstreamCredential credential, @Nullable Secret secret) {
    return new ConnectorCredential(
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
        credential.deletedAt());
  }

  private static String emptyIfNull(@Nullable String text) {
    return text == null ? "" : text;
  }
}
