package dev.rekey.delivery.kubernetes;

import dev.rekey.delivery.TargetReply;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/** The requests about one Secret. Each is sent once; none throws. */
final class SecretApi {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final SecretSettings settings;
  private final KubernetesClient client;

  SecretApi(SecretSettings settings, KubernetesClient client) {
    this.settings = settings;
    this.client = client;
  }

  /** Whether a request only asks what would happen. */
  enum Mode {
    /** The server checks everything and changes nothing ({@code dryRun=All}). */
    DRY_RUN,
    REAL
  }

  TargetReply<Secret> read() {
    return read("the Secret " + place(), secret());
  }

  TargetReply<HasMetadata> read(Workload workload) {
    return read(workload.toString(), workload(workload));
  }

  private static <T> TargetReply<T> read(String what, Resource<T> resource) {
    return send(
        "read " + what,
        Mode.REAL,
        () -> {
          T found = resource.get();
          if (found == null) {
            throw new KubernetesClientException("", HttpURLConnection.HTTP_NOT_FOUND, null);
          }
          return found;
        });
  }

  /** Changes what the JSON merge patch (RFC 7386) names. */
  TargetReply<Secret> patch(Map<String, Object> patch, Mode mode) {
    return patch("change the Secret " + place(), secret(), patch, mode);
  }

  /** Changes a workload. */
  TargetReply<HasMetadata> patch(Workload workload, Map<String, Object> patch, Mode mode) {
    return patch("restart " + workload, workload(workload), patch, mode);
  }

  private static <T> TargetReply<T> patch(
      String what, Resource<T> resource, Map<String, Object> patch, Mode mode) {
    return send(what, mode, () -> resource.patch(mergePatch(mode), JSON.writeValueAsString(patch)));
  }

  /** Creates an event. One of this name that exists already is a success. */
  TargetReply<Event> create(Event event, Mode mode) {
    return send(
        "create an event about the Secret " + place(),
        mode,
        () -> {
          try {
            return client
                .v1()
                .events()
                .inNamespace(settings.namespace())
                .resource(event)
                .dryRun(mode == Mode.DRY_RUN)
                .create();
          } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
              return event;
            }
            throw e;
          }
        });
  }

  private Resource<Secret> secret() {
    return client.secrets().inNamespace(settings.namespace()).withName(settings.secret());
  }

  @SuppressWarnings("unchecked") // All kinds of workloads are read and patched alike.
  private Resource<HasMetadata> workload(Workload workload) {
    return (Resource<HasMetadata>)
        client
            .resources(workload.kind().type())
            .inNamespace(settings.namespace())
            .withName(workload.name());
  }

  private static PatchContext mergePatch(Mode mode) {
    PatchContext context = PatchContext.of(PatchType.JSON_MERGE);
    context.setFieldManager("rekey");
    if (mode == Mode.DRY_RUN) {
      context.setDryRun(List.of("All"));
    }
    return context;
  }

  private static <T> TargetReply<T> send(String what, Mode mode, Supplier<T> request) {
    try {
      return new TargetReply.Done<>(request.get());
    } catch (KubernetesClientException e) {
      return new TargetReply.Failed<>(ApiFailures.text(what, e, mode == Mode.DRY_RUN));
    } catch (RuntimeException e) {
      return new TargetReply.Failed<>(ApiFailures.text(what, e));
    }
  }

  private String place() {
    return settings.namespace() + "/" + settings.secret();
  }
}
