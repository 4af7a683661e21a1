package sandbox.control;

import static org.springframework.web.servlet.function.RouterFunctions.route;
import static sandbox.control.Orders.done;
import static sandbox.control.Orders.ok;
import static sandbox.control.Orders.order;
import static sandbox.control.Orders.refuse;

import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import sandbox.kubernetes.Access;
import sandbox.kubernetes.Cluster;
import sandbox.kubernetes.ClusterFaults;
import sandbox.kubernetes.Requests;
import sandbox.kubernetes.Rule;
import tools.jackson.databind.node.ObjectNode;

/** The routes under {@code /control/kubernetes}. They need no authentication. */
@Configuration(proxyBeanMethods = false)
class KubernetesControlRoutes {
  private static final String OBJECTS = "/control/kubernetes/objects";
  private static final String OBJECT = OBJECTS + "/{resource}/{namespace}/{name}";
  private static final String RULES = "/control/kubernetes/rules";
  private static final String FAULTS = "/control/kubernetes/faults";
  private static final String REQUESTS = "/control/kubernetes/requests";

  @Bean
  @Order(0)
  RouterFunction<ServerResponse> kubernetesControl(
      Cluster cluster, Access access, ClusterFaults faults, Requests requests) {
    return route()
        .GET(OBJECTS, _ -> ok(cluster.all()))
        .GET(OBJECT, request -> object(cluster, request))
        .POST(OBJECTS, order(ObjectNode.class, manifest -> put(cluster, manifest)))
        .DELETE(OBJECT, request -> delete(cluster, request))
        .GET("/control/kubernetes/rollouts", _ -> ok(cluster.rollouts()))
        .GET(RULES, _ -> ok(access.rules()))
        .POST(RULES, order(Rule[].class, rules -> done(() -> access.replaceRules(List.of(rules)))))
        .POST(FAULTS, order(ClusterFaultRequest.class, fault -> done(() -> fault.placeIn(faults))))
        .DELETE(FAULTS, _ -> done(faults::clear))
        .POST("/control/kubernetes/down", _ -> done(() -> faults.setDown(true)))
        .POST("/control/kubernetes/up", _ -> done(() -> faults.setDown(false)))
        .GET(REQUESTS, _ -> ok(requests.all()))
        .DELETE(REQUESTS, _ -> done(requests::clear))
        .build();
  }

  private static ServerResponse object(Cluster cluster, ServerRequest request) {
    return cluster
        .find(
            request.pathVariable("resource"),
            request.pathVariable("namespace"),
            request.pathVariable("name"))
        .map(Orders::ok)
        .orElseGet(KubernetesControlRoutes::noSuchObject);
  }

  private static ServerResponse put(Cluster cluster, ObjectNode manifest) {
    try {
      return ok(cluster.put(manifest));
    } catch (IllegalArgumentException e) {
      throw new InvalidControlRequest(String.valueOf(e.getMessage()));
    }
  }

  private static ServerResponse delete(Cluster cluster, ServerRequest request) {
    boolean existed =
        cluster.delete(
            request.pathVariable("resource"),
            request.pathVariable("namespace"),
            request.pathVariable("name"));
    return existed ? done(() -> {}) : noSuchObject();
  }

  private static ServerResponse noSuchObject() {
    return refuse(404, "No such object");
  }
}
