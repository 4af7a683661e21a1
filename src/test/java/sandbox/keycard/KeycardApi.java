package sandbox.keycard;

import static sandbox.wire.ErrorShape.KEYCARD;

import java.time.Instant;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import sandbox.wire.Call;
import sandbox.wire.Json;
import sandbox.wire.Refusal;
import sandbox.wire.Response;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The operations on credentials, and the few on service accounts and organizations that find them.
 */
@Component
final class KeycardApi {
  private static final Instant FOUNDED = Instant.parse("2025-01-01T00:00:00Z");

  private final ServiceAccounts accounts;

  KeycardApi(ServiceAccounts accounts) {
    this.accounts = accounts;
  }

  Response create(Call call) {
    Query.none(call);
    ServiceAccount account = account(call);
    CredentialBody body = CredentialBody.read(call);
    if (body.name() == null) {
      throw KEYCARD.refusal(422, "name is required");
    }
    return Response.of(
        201, accounts.create(account, body.name(), body.description()).toJsonWithSecret());
  }

  Response list(Call call) {
    Query query = Query.list(call);
    ServiceAccount account = account(call);
    Page.Request request = query.page(account.subject());
    Page<KeycardCredential> page =
        accounts.list(
            account,
            request,
            call.asOf(),
            found ->
                query.finds(Stream.of(found.name(), found.clientId(), text(found.description()))));
    return page(page, query, account.subject(), KeycardCredential::toJson);
  }

  Response get(Call call) {
    Query query = Query.single(call);
    ServiceAccount account = account(call);
    return accounts
        .find(account, call.path("id"))
        .map(found -> Response.ok(expanded(found.toJson(), query)))
        .orElseThrow(() -> notFound("Credential"));
  }

  Response update(Call call) {
    Query.none(call);
    ServiceAccount account = account(call);
    CredentialBody body = CredentialBody.read(call);
    return accounts
        .update(account, call.path("id"), body.name(), body.description())
        .map(updated -> Response.ok(updated.toJson()))
        .orElseThrow(() -> notFound("Credential"));
  }

  Response delete(Call call) {
    Query.none(call);
    if (!accounts.delete(account(call), call.path("id"))) {
      throw notFound("Credential");
    }
    return Response.noContent();
  }

  Response getServiceAccount(Call call) {
    Query query = Query.single(call);
    return Response.ok(expanded(account(call).toJson(), query));
  }

  Response listServiceAccounts(Call call) {
    Query query = Query.list(call);
    requireOrganization(call);
    Page<ServiceAccount> page = accounts.accounts(query.page("service-accounts"));
    return page(page, query, "service-accounts", ServiceAccount::toJson);
  }

  Response getOrganization(Call call) {
    Query query = Query.single(call);
    requireOrganization(call);
    ObjectNode organization =
        Json.object()
            .put("id", ServiceAccount.ORGANIZATION)
            .put("label", ServiceAccount.ORGANIZATION_LABEL)
            .put("name", "Acme")
            .put("sso_enabled", false)
            .put("created_at", KeycardTimes.text(FOUNDED))
            .put("updated_at", KeycardTimes.text(FOUNDED));
    return Response.ok(expanded(organization, query));
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private ServiceAccount account(Call call) {
    requireOrganization(call);
    return accounts
        .find(call.path("serviceAccount"))
        .orElseThrow(() -> notFound("Service account"));
  }

  private static void requireOrganization(Call call) {
    String named = call.path("organization");
    if (!named.equals(ServiceAccount.ORGANIZATION)
        && !named.equals(ServiceAccount.ORGANIZATION_LABEL)) {
      throw notFound("Organization");
    }
  }

  private static <T> Response page(
      Page<T> page, Query query, String collection, Function<T, ObjectNode> toJson) {
    ObjectNode body = Json.object();
    ArrayNode items = body.putArray("items");
    page.items().forEach(item -> items.add(expanded(toJson.apply(item), query)));
    ObjectNode info = body.putObject("page_info");
    info.put("has_next_page", page.hasNext()).put("has_prev_page", page.hasPrevious());
    if (page.first() != null && page.last() != null) {
      info.put("start_cursor", Cursors.encode(collection, page.first()))
          .put("end_cursor", Cursors.encode(collection, page.last()));
    }
    return Response.ok(expanded(body, query));
  }

  private static ObjectNode expanded(ObjectNode json, Query query) {
    if (query.expands("permissions")) {
      json.putObject("permissions")
          .putObject("organizations")
          .put("read", true)
          .put("update", true);
    }
    return json;
  }

  private static Refusal notFound(String what) {
    return KEYCARD.refusal(404, what + " not found");
  }
}
