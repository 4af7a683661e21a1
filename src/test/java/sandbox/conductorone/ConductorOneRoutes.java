package sandbox.conductorone;

import static org.springframework.web.servlet.function.RequestPredicates.all;
import static org.springframework.web.servlet.function.RequestPredicates.path;
import static org.springframework.web.servlet.function.RouterFunctions.nest;
import static org.springframework.web.servlet.function.RouterFunctions.route;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;
import sandbox.gateway.Gateway;
import sandbox.gateway.Gateways;
import sandbox.wire.ErrorShape;
import sandbox.wire.Operation;
import sandbox.wire.Upstream;

/** ConductorOne's paths, as in the vendor's OpenAPI document. */
@Configuration(proxyBeanMethods = false)
class ConductorOneRoutes {

  @Bean
  @Order(0)
  RouterFunction<ServerResponse> conductorOne(
      Gateways gateways,
      ConductorOneAccess access,
      ConductorOneTokens tokens,
      ConductorOneApi api) {
    Gateway gateway =
        gateways.gateway(Upstream.CONDUCTORONE, ErrorShape.GOOGLE_RPC, access.tokens());
    String ofConnector = "/api/v1/apps/{appId}/connectors/{connectorId}/credentials";
    return nest(
        path("/conductorone"),
        route()
            .POST("/auth/v1/token", gateway.token(tokens::admit))
            .POST("/api/v1/apps/connectors/credentials", gateway.api(Operation.ROTATE, api::rotate))
            .POST(ofConnector, gateway.api(Operation.ROTATE, api::rotateByPath))
            .GET(ofConnector + "/{id}", gateway.api(Operation.GET, api::get))
            .POST(ofConnector + "/{id}", gateway.api(Operation.REVOKE, api::revoke))
            .route(all(), gateway::unknown)
            .build());
  }
}
