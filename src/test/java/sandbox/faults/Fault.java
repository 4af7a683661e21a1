package sandbox.faults;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sandbox.wire.Operation;
import tools.jackson.databind.node.ObjectNode;

/** One kind of fault. "Takes effect" means that the operation runs as usual. */
public sealed interface Fault {

  /** In the body of {@link Respond}, stands for another UUID in each response. */
  String UNIQUE = "$unique";

  /** Returns this status, without effect. */
  record Status(int status, @Nullable String retryAfter) implements Fault {}

  /** Takes effect, then returns this status. Only at Kubernetes. */
  record StatusAfter(int status) implements Fault {}

  /**
   * Returns this status without effect, with a message that quotes the request, as an admission
   * webhook may do. Only at Kubernetes.
   */
  record Echo(int status) implements Fault {}

  /** Waits, then behaves normally. */
  record Delay(Duration by) implements Fault {}

  /** Never responds, without effect. */
  record Hang() implements Fault {}

  /** Resets the connection, without effect. */
  record ResetBefore() implements Fault {}

  /** Takes effect, then resets the connection. */
  record ResetAfter() implements Fault {}

  /** Resets the connection, then takes effect. */
  record Late(Duration by) implements Fault {}

  /** Returns a list as it was that long ago. */
  record Stale(Duration by) implements Fault {}

  /** Takes effect, then returns 200 with a body that is labelled JSON but is not. */
  record Garbage() implements Fault {}

  /** Takes effect, then omits the secret from the response. */
  record NoSecret() implements Fault {}

  /** Returns 302 to a trap in the sandbox, without effect. */
  record Redirect() implements Fault {}

  /** Returns 404 with an HTML page, like a proxy that cannot reach the upstream. */
  record NoBackend() implements Fault {}

  /** Returns this status and body, without effect. */
  record Respond(int status, ObjectNode body) implements Fault {}

  /** Takes effect, then returns 200 with more than 10 MiB of valid JSON. */
  record Huge() implements Fault {}

  default boolean appliesTo(Operation operation) {
    return switch (this) {
      case Status _,
          Delay _,
          Hang _,
          ResetBefore _,
          Garbage _,
          Redirect _,
          NoBackend _,
          Huge _,
          Respond _ ->
          true;
      case ResetAfter _, Late _ -> operation != Operation.TOKEN;
      case Stale _ -> Set.of(Operation.LIST, Operation.LIST_SERVICE_ACCOUNTS).contains(operation);
      case NoSecret _ -> Set.of(Operation.ROTATE, Operation.CREATE).contains(operation);
      case StatusAfter _, Echo _ -> false;
    };
  }
}
