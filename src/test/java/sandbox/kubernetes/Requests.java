package sandbox.kubernetes;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Records every request in the order of arrival, without values. */
@Component
public final class Requests {
  private final Map<Long, Recorded> requests = new LinkedHashMap<>();
  private long last;

  /**
   * One request.
   *
   * @param resource empty if the path is not that of a resource
   * @param path without query
   * @param dryRun whether it had {@code dryRun=All}
   * @param status of the response; null if there is none
   * @param touched the innermost paths of a patch
   */
  public record Recorded(
      String verb,
      String apiGroup,
      String resource,
      String namespace,
      String name,
      String path,
      boolean dryRun,
      @Nullable Integer status,
      SortedSet<String> touched,
      Instant at) {

    private Recorded answered(int code) {
      return new Recorded(
          verb, apiGroup, resource, namespace, name, path, dryRun, code, touched, at);
    }
  }

  /** Returns the number of the request. */
  synchronized long add(Attributes wanted, boolean dryRun, SortedSet<String> touched) {
    last++;
    requests.put(
        last,
        new Recorded(
            wanted.verb(),
            wanted.apiGroup(),
            wanted.resource(),
            wanted.namespace(),
            wanted.name(),
            wanted.path(),
            dryRun,
            null,
            touched,
            Instant.now()));
    return last;
  }

  synchronized void answered(long number, int status) {
    requests.computeIfPresent(number, (_, request) -> request.answered(status));
  }

  public synchronized List<Recorded> all() {
    return List.copyOf(requests.values());
  }

  public synchronized void clear() {
    requests.clear();
  }
}
