package sandbox.conductorone;

import static sandbox.wire.ErrorShape.GOOGLE_RPC;

import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;
import sandbox.conductorone.ConnectorCredential.Connector;
import sandbox.wire.Call;
import sandbox.wire.Json;
import sandbox.wire.Refusal;
import sandbox.wire.Response;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The three operations on connector credentials. Bodies are parsed like strict protojson: an empty
 * body is allowed, an unknown name is not, names may be in either case, and a path parameter takes
 * precedence.
 */
@Component
final class ConductorOneApi {
  private static final Map<String, String> NAMES =
      Map.of(
          "appId", "appId",
          "app_id", "appId",
          "connectorId", "connectorId",
          "connector_id", "connectorId");

  private final Connectors connectors;

  ConductorOneApi(Connectors connectors) {
    this.connectors = connectors;
  }

  /** Newer clients: ids in the body, the secret inside the credential. */
  Response rotate(Call call) {
    ObjectNode body = body(call, false);
    ConnectorCredential minted =
        mint(new Connector(body.path("appId").asString(""), body.path("connectorId").asString("")));
    return Response.ok(Json.object().set("credential", minted.toJson(minted.secret().reveal())));
  }

  /** SDKs until 1.26.0: ids in the path, the secret next to the credential. */
  Response rotateByPath(Call call) {
    body(call, false);
    ConnectorCredential minted = mint(connector(call));
    ObjectNode credential = minted.toJson("");
    credential.remove("clientSecret");
    return Response.ok(
        Json.object().set("credential", credential).put("clientSecret", minted.secret().reveal()));
  }

  Response get(Call call) {
    ConnectorCredential found =
        connectors
            .find(connector(call), call.path("id"))
            .orElseThrow(ConductorOneApi::noSuchCredential);
    return Response.ok(Json.object().set("credential", found.toJson("")));
  }

  Response revoke(Call call) {
    body(call, true);
    if (!connectors.revoke(connector(call), call.path("id"))) {
      throw noSuchCredential();
    }
    return Response.ok(Json.object());
  }

  private ConnectorCredential mint(Connector connector) {
    return connectors
        .rotate(connector)
        .orElseThrow(() -> GOOGLE_RPC.refusal(404, "App or connector not found"));
  }

  private static Connector connector(Call call) {
    return new Connector(call.path("appId"), call.path("connectorId"));
  }

  private static Refusal noSuchCredential() {
    return GOOGLE_RPC.refusal(404, "Connector credential not found");
  }

  private static ObjectNode body(Call call, boolean idAllowed) {
    ObjectNode canonical = Json.object();
    if (call.hasEmptyBody()) {
      return canonical;
    }
    call.json()
        .orElseThrow(() -> GOOGLE_RPC.refusal(400, "Body is not a JSON object"))
        .properties()
        .forEach(field -> add(canonical, field, idAllowed));
    return canonical;
  }

  private static void add(
      ObjectNode canonical, Map.Entry<String, JsonNode> field, boolean idAllowed) {
    String name =
        Optional.ofNullable(NAMES.get(field.getKey()))
            .or(
                () ->
                    idAllowed && field.getKey().equals("id") ? Optional.of("id") : Optional.empty())
            .orElseThrow(() -> GOOGLE_RPC.refusal(400, "Unknown field in the body"));
    if (canonical.has(name)) {
      throw GOOGLE_RPC.refusal(400, name + " is repeated in the body");
    }
    if (!field.getValue().isString() && !field.getValue().isNull()) {
      throw GOOGLE_RPC.refusal(400, name + " must be a string");
    }
    canonical.set(name, field.getValue());
  }
}
