package dev.rekey.upstream.conductorone;

import dev.rekey.upstream.Secret;
import dev.rekey.upstream.http.UpstreamTime;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.annotation.JsonDeserialize;

/** ConductorOne's API for connector credentials (OpenAPI document, ConnectorService). */
@HttpExchange(accept = "application/json", contentType = "application/json")
interface ConductorOneApi {

  @PostExchange("/api/v1/apps/connectors/credentials")
  Mono<ResponseEntity<Response>> rotate(@RequestBody RotateRequest request);

  @GetExchange("/api/v1/apps/{appId}/connectors/{connectorId}/credentials/{id}")
  Mono<ResponseEntity<Response>> get(
      @PathVariable String appId, @PathVariable String connectorId, @PathVariable String id);

  /** Get and revoke share a path and differ in the method only. */
  @PostExchange("/api/v1/apps/{appId}/connectors/{connectorId}/credentials/{id}")
  Mono<ResponseEntity<Void>> revoke(
      @PathVariable String appId,
      @PathVariable String connectorId,
      @PathVariable String id,
      @RequestBody Map<String, String> empty);

  /** The upstream rejects unknown fields. */
  record RotateRequest(String appId, String connectorId) {}

  /** The response to rotate and get; servers before 2026 send the secret here. */
  record Response(@Nullable ConnectorCredential credential, @Nullable Secret clientSecret) {}

  /** A credential; unset strings are {@code ""}, unset times null. */
  record ConnectorCredential(
      @Nullable String id,
      @Nullable String clientId,
      @Nullable Secret clientSecret,
      @Nullable String displayName,
      @Nullable Instant createdAt,
      @Nullable Instant updatedAt,
      @JsonDeserialize(using = UpstreamTime.Expiry.class) @Nullable Instant expiresTime,
      @Nullable Instant lastUsedAt,
      @Nullable Instant deletedAt) {}
}
