package dev.rekey.upstream.keycard;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rekey.upstream.Secret;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.DeleteExchange;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PatchExchange;
import org.springframework.web.service.annotation.PostExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Keycard's API for service accounts and their credentials (keycard-python, keycardai_api). The
 * parameter that requests permissions is literally {@code expand[]}.
 */
@HttpExchange(url = "/organizations/{organization}/service-accounts", accept = "application/json")
interface KeycardApi {

  String CREDENTIALS = "/{account}/credentials";

  @GetExchange
  Mono<ResponseEntity<AccountPage>> accounts(
      @PathVariable String organization,
      @RequestParam int limit,
      @RequestParam(required = false) @Nullable String after);

  @PostExchange(url = CREDENTIALS, contentType = "application/json")
  Mono<ResponseEntity<KeycardCredential>> create(
      @PathVariable String organization,
      @PathVariable String account,
      @RequestBody NameAndDescription body);

  @GetExchange(CREDENTIALS)
  Mono<ResponseEntity<KeycardPage>> list(
      @PathVariable String organization,
      @PathVariable String account,
      @RequestParam(required = false) @Nullable Integer limit,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable String before,
      @RequestParam(required = false) List<String> query,
      @RequestParam(name = "expand[]", required = false) @Nullable String expand);

  @GetExchange(CREDENTIALS + "/{id}")
  Mono<ResponseEntity<KeycardCredential>> get(
      @PathVariable String organization,
      @PathVariable String account,
      @PathVariable String id,
      @RequestParam(name = "expand[]", required = false) @Nullable String expand);

  @PatchExchange(url = CREDENTIALS + "/{id}", contentType = "application/json")
  Mono<ResponseEntity<KeycardCredential>> update(
      @PathVariable String organization,
      @PathVariable String account,
      @PathVariable String id,
      @RequestBody NameAndDescription body);

  @DeleteExchange(url = CREDENTIALS + "/{id}", accept = "*/*")
  Mono<ResponseEntity<Void>> delete(
      @PathVariable String organization, @PathVariable String account, @PathVariable String id);

  /** The body of create and update; null fields are not sent. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record NameAndDescription(@Nullable String name, @Nullable String description) {}

  /** A credential; only the response to create has the secret. */
  @JsonNaming(SnakeCaseStrategy.class)
  record KeycardCredential(
      @Nullable String id,
      @Nullable String clientId,
      @Nullable Secret clientSecret,
      @Nullable String name,
      @Nullable String description,
      @Nullable Instant createdAt,
      @Nullable Instant lastUsedAt,
      @Nullable Map<String, Map<String, Boolean>> permissions) {}

  @JsonNaming(SnakeCaseStrategy.class)
  record KeycardPage(
      @Nullable List<KeycardCredential> items,
      @Nullable PageInfo pageInfo,
      @Nullable Map<String, Map<String, Boolean>> permissions) {}

  @JsonNaming(SnakeCaseStrategy.class)
  record AccountPage(@Nullable List<ServiceAccount> items, @Nullable PageInfo pageInfo) {}

  record ServiceAccount(@Nullable String id) {}

  @JsonNaming(SnakeCaseStrategy.class)
  record PageInfo(
      boolean hasNextPage,
      @JsonAlias("has_previous_page") boolean hasPrevPage,
      @Nullable String startCursor,
      @Nullable String endCursor) {}
}
