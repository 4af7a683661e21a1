package sandbox.keycard;

import static org.springframework.web.servlet.function.RequestPredicates.all;
import static org.springframework.web.servlet.function.RequestPredicates.path;
import static org.springframework.web.servlet.function.RouterFunctions.nest;
import static org.springframework.web.servlet.function.RouterFunctions.route;
import static sandbox.wire.Operation.GET_ORGANIZATION;
import static sandbox.wire.Operation.GET_SERVICE_ACCOUNT;
import static sandbox.wire.Operation.LIST_SERVICE_ACCOUNTS;

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

/** Keycard's paths, as in the vendor's API reference. */
@Configuration(proxyBeanMethods = false)
class KeycardRoutes {

  @Bean
  @Order(0)
  RouterFunction<ServerResponse> keycard(
      Gateways gateways, KeycardAccess access, KeycardTokens tokens, KeycardApi api) {
    Gateway gateway = gateways.gateway(Upstream.KEYCARD, ErrorShape.KEYCARD, access.tokens());
    String organization = "/organizations/{organization}";
    String accounts = organization + "/service-accounts";
    String credentials = accounts + "/{serviceAccount}/credentials";
    String credential = credentials + "/{id}";
    return nest(
        path("/keycard"),
        route()
            .POST("/service-account-token", gateway.token(tokens::admit))
            .POST(credentials, gateway.api(Operation.CREATE, api::create))
            .GET(credentials, gateway.api(Operation.LIST, api::list))
            .GET(credential, gateway.api(Operation.GET, api::get))
            .PATCH(credential, gateway.api(Operation.UPDATE, api::update))
            .DELETE(credential, gateway.api(Operation.DELETE, api::delete))
            .GET(accounts, gateway.api(LIST_SERVICE_ACCOUNTS, api::listServiceAccounts))
            .GET(
                accounts + "/{serviceAccount}",
                gateway.api(GET_SERVICE_ACCOUNT, api::getServiceAccount))
            .GET(organization, gateway.api(GET_ORGANIZATION, api::getOrganization))
            .route(all(), gateway::unknown)
            .build());
  }
}
