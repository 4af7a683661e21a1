package sandbox.kubernetes;

import static sandbox.kubernetes.ResourceType.EVENTS;

import org.springframework.stereotype.Component;
import sandbox.wire.Call;
import sandbox.wire.Response;

/** The operations of the API: read an object, patch a Secret or a workload, create an event. */
@Component
final class ApiServer {
  private final ObjectStore objects;
  private final Patches patches;
  private final Events events;

  ApiServer(ObjectStore objects, Patches patches, Events events) {
    this.objects = objects;
    this.patches = patches;
    this.events = events;
  }

  /** Executes a request of a caller who may make it, or throws a refusal. */
  Response answer(Attributes wanted, Call call) {
    ResourceType type = ResourceType.of(wanted).orElseThrow(Failures::noSuchRoute);
    var key = new ObjectKey(type, wanted.namespace(), wanted.name());
    if (wanted.verb().equals("get")) {
      return Response.ok(objects.find(key).orElseThrow(() -> Failures.notFound(key)));
    }
    if (wanted.verb().equals("patch") && type != EVENTS && !wanted.name().isEmpty()) {
      return patches.apply(key, call);
    }
    if (wanted.verb().equals("create") && type == EVENTS && wanted.name().isEmpty()) {
      return events.create(wanted.namespace(), call);
    }
    throw Failures.notSupported(type, wanted.verb());
  }
}
