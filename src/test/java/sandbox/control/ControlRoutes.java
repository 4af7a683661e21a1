package sandbox.control;

import static org.springframework.web.servlet.function.RequestPredicates.path;
import static org.springframework.web.servlet.function.RouterFunctions.route;

import java.time.Duration;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import sandbox.conductorone.Connectors;
import sandbox.control.Orders.Mode;
import sandbox.control.Orders.Rotation;
import sandbox.control.Orders.Touch;
import sandbox.control.Orders.Verify;
import sandbox.faults.Faults;
import sandbox.gateway.Calls;
import sandbox.gateway.Mints;
import sandbox.webhooks.Webhooks;
import sandbox.wire.Answer;
import sandbox.wire.Json;
import tools.jackson.core.JacksonException;

/** The routes under {@code /control}. They need no authentication. */
@Configuration(proxyBeanMethods = false)
class ControlRoutes {
  private static final Map<String, Object> DONE = Map.of();

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
        .POST("/control/verify", order(Verify.class, verify -> verify(state, verify)))
        .POST("/control/touch", order(Touch.class, touch -> touch(state, touch)))
        .POST("/control/mode", order(Mode.class, mode -> mode(connectors, mode)))
        .POST("/control/own-secret", order(Orders.OwnSecret.class, own -> ownSecret(state, own)))
        .POST("/control/seed", order(Orders.Seed.class, seed -> done(() -> seeding.add(seed))))
        .POST(
            "/control/faults", order(FaultOrder.class, fault -> done(() -> fault.placeIn(faults))))
        .DELETE("/control/faults", _ -> done(faults::clear))
        .POST("/control/reset", _ -> done(state::reset))
        .POST("/control/revoke-tokens", _ -> done(state::revokeTokens))
        .route(path("/control/redirected"), request -> redirected(calls, request))
        .build();
  }

  private interface Handling<T> {
    ServerResponse handle(T order);
  }

  private static <T> HandlerFunction<ServerResponse> order(Class<T> type, Handling<T> handling) {
    return request -> {
      try {
        byte[] body = request.servletRequest().getInputStream().readAllBytes();
        return handling.handle(Json.read(body, type));
      } catch (JacksonException _) {
        return refuse(400, "The body does not fit: unknown field, unknown value or no JSON");
      } catch (BadOrder e) {
        return refuse(400, String.valueOf(e.getMessage()));
      }
    };
  }

  private static ServerResponse verify(ControlState state, Verify verify) {
    if (verify.clientId == null || verify.clientSecret == null) {
      throw new BadOrder("clientId and clientSecret are required");
    }
    return ok(Map.of("valid", state.verify(verify.clientId, verify.clientSecret)));
  }

  private static ServerResponse touch(ControlState state, Touch touch) {
    if (touch.credentialId() == null) {
      throw new BadOrder("credentialId is required");
    }
    return state
        .touch(touch.credentialId())
        .map(ControlRoutes::ok)
        .orElseGet(() -> refuse(404, "No such live credential"));
  }

  private static ServerResponse ownSecret(ControlState state, Orders.OwnSecret order) {
    if (order.upstream() == null) {
      throw new BadOrder("upstream is required");
    }
    long formerLives = order.formerLivesMs() == null ? 0 : order.formerLivesMs();
    return ok(state.replaceSecret(order.upstream(), Duration.ofMillis(formerLives)));
  }

  private static ServerResponse mode(Connectors connectors, Mode mode) {
    if (mode.conductorone() == null) {
      throw new BadOrder("conductorone is required");
    }
    connectors.additive(mode.conductorone() == Rotation.ADDITIVE);
    return ok(mode);
  }

  private static ServerResponse redirected(Calls calls, ServerRequest request) {
    calls.recordRedirected(request.headers().firstHeader("Authorization") != null);
    return ok(DONE);
  }

  private static ServerResponse done(Runnable work) {
    work.run();
    return ok(DONE);
  }

  private static ServerResponse ok(Object value) {
    return Answer.json(200, Map.of(), Json.write(value));
  }

  private static ServerResponse refuse(int status, String why) {
    return Answer.json(status, Map.of(), Json.write(Map.of("error", why)));
  }
}
