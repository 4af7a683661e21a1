package dev.rekey.upstream.conductorone;

import dev.rekey.upstream.Secret;
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

/**
 * The part of ConductorOne's API that deals in connector credentials (its OpenAPI document,
 * ConnectorService). There is no call that lists them.
 */
@HttpExchange(accept = "application/json", contentType = "application/json")
interface ConductorOneApi {

  @PostExchange("/api/v1/apps/connectors/credentials")
  Mono<ResponseEntity<Answer>> rotate(@RequestBody RotateRequest request);

  @GetExchange("/api/v1/apps/{appId}/connectors/{connectorId}/credentials/{id}")
  Mono<ResponseEntity<Answer>> get(
      @PathVariable String appId, @PathVariable String connectorId, @PathVariable String id);

  /** Get and revoke share a path; the verb tells them apart. */
  @PostExchange("/api/v1/apps/{appId}/connectors/{connectorId}/credentials/{id}")
  Mono<ResponseEntity<Void>> revoke(
      @PathVariable String appId,
      @PathVariable String connectorId,
      @PathVariable String id,
      @RequestBody Map<String, String> empty);

  /** Strictly decoded by the upstream: no other member may be sent. */
  record RotateRequest(String appId, String connectorId) {}

  /**
   * Answer to rotate and to get.
   *
   * @param clientSecret where servers before 2026 put the secret
   */
  record Answer(@Nullable ConnectorCredential credential, @Nullable Secret clientSecret) {}

  /** Unset strings come as {@code ""}, unset times as null. */
  record ConnectorCredential(
      @Nullable String id,
      @Nullable String clientId,
      @Nullable Secret clientSecret,
      @Nullable String displayName,
      @Nullable Instant createdAt,
      @Nullable Instant updatedAt,
      @Nullable Instant expiresTime,
      @Nullable Instant lastUsedAt,
      @Nullable Instant deletedAt) {}
}
