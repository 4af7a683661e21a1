package sandbox.control;

import static org.springframework.web.servlet.function.RequestPredicates.path;
import static org.springframework.web.servlet.function.RouterFunctions.route;
import static sandbox.control.Orders.done;
import static sandbox.control.Orders.ok;
import static sandbox.control.Orders.order;
import static sandbox.control.Orders.refuse;

import java.time.Duration;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import sandbox.conductorone.Connectors;
import sandbox.control.ControlRequests.Mode;
import sandbox.control.ControlRequests.Rotation;
import sandbox.control.ControlRequests.Touch;
import sandbox.control.ControlRequests.Verify;
import sandbox.faults.Faults;
import sandbox.gateway.Calls;
import sandbox.gateway.Mints;
import sandbox.webhooks.Webhooks;

/** The routes under {@code /control}. They need no authentication. */
@Configuration(proxyBeanMethods = false)
class ControlRoutes {

  @Bean
  @Order(0)
  RouterFunction<ServerResponse> control(
      ControlState state,
      Seeding seeding,
      Connectors connectors,
      Faults faults,
      Mints mints,
      Calls calls,
      Webhooks webhooks) {
    return route()
        .GET("/control/mints", _ -> ok(mints.all()))
        .GET("/control/credentials", _ -> ok(state.live()))
        .GET("/control/calls", _ -> ok(calls.all()))
        .GET("/control/webhooks", _ -> ok(webhooks.all()))
        .GET("/control/faults", _ -> ok(FaultRequest.offers()))
        .POST("/control/verify", order(Verify.class, verify -> verify(state, verify)))
        .POST("/control/touch", order(Touch.class, touch -> touch(state, touch)))
        .POST("/control/mode", order(Mode.class, mode -> mode(connectors, mode)))
        .POST(
            "/control/own-secret",
            order(ControlRequests.OwnSecret.class, own -> ownSecret(state, own)))
        .POST(
            "/control/seed",
            order(ControlRequests.Seed.class, seed -> done(() -> seeding.add(seed))))
        .POST(
            "/control/faults",
            order(FaultRequest.class, fault -> done(() -> fault.placeIn(faults))))
        .DELETE("/control/faults", _ -> done(faults::clear))
        .POST("/control/reset", _ -> done(state::reset))
        .POST("/control/revoke-tokens", _ -> done(state::revokeTokens))
        .route(path("/control/redirected"), request -> redirected(calls, request))
        .build();
  }

  private static ServerResponse verify(ControlState state, Verify verify) {
    if (verify.clientId == null || verify.clientSecret == null) {
      throw new InvalidControlRequest("clientId and clientSecret are required");
    }
    return ok(Map.of("valid", state.verify(verify.clientId, verify.clientSecret)));
  }

  private static ServerResponse touch(ControlState state, Touch touch) {
    if (touch.credentialId() == null) {
      throw new InvalidControlRequest("credentialId is required");
    }
    return state
        .touch(touch.credentialId())
        .map(Orders::ok)
        .orElseGet(() -> refuse(404, "No such live credential"));
  }

  private static ServerResponse ownSecret(ControlState state, ControlRequests.OwnSecret order) {
    if (order.upstream() == null) {
      throw new InvalidControlRequest("upstream is required");
    }
    long formerLives = order.formerLivesMs() == null ? 0 : order.formerLivesMs();
    return ok(state.replaceSecret(order.upstream(), Duration.ofMillis(formerLives)));
  }

  private static ServerResponse mode(Connectors connectors, Mode mode) {
    if (mode.conductorone() == null) {
      throw new InvalidControlRequest("conductorone is required");
    }
    connectors.additive(mode.conductorone() == Rotation.ADDITIVE);
    return ok(mode);
  }

  private static ServerResponse redirected(Calls calls, ServerRequest request) {
    boolean isAuthorized = request.headers().firstHeader("Authorization") != null;
    return done(() -> calls.recordRedirected(isAuthorized));
  }
}
