package sandbox.faults;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sandbox.wire.Operation;

/**
 * One way to misbehave. "Takes effect" means that the operation is done as if nothing were wrong.
 */
public sealed interface Fault {

  /** Says this status instead of doing anything. */
  record Status(int status, @Nullable String retryAfter) implements Fault {}

  /** Waits, then behaves. */
  record Delay(Duration by) implements Fault {}

  /** Neither answers nor takes effect. */
  record Hang() implements Fault {}

  /** Breaks the connection without effect. */
  record ResetBefore() implements Fault {}

  /** Takes effect, then breaks the connection. */
  record ResetAfter() implements Fault {}

  /** Breaks the connection and takes effect afterwards. */
  record Late(Duration by) implements Fault {}

  /** A list shows what was true that long ago. */
  record Stale(Duration by) implements Fault {}

  /** Takes effect, then answers 200 with text that is not JSON but says it is. */
  record Garbage() implements Fault {}

  /** Takes effect, then leaves the secret out of the answer. */
  record NoSecret() implements Fault {}

  /** Answers 302 to the sandbox's own trap, without effect. */
  record Redirect() implements Fault {}

  /** Answers 404 with a page of HTML, as a proxy does that does not reach the upstream. */
  record NoBackend() implements Fault {}

  /** Takes effect, then answers 200 with more than 10 MiB of valid JSON. */
  record Huge() implements Fault {}

  default boolean appliesTo(Operation operation) {
    return switch (this) {
      case Status _, Delay _, Hang _, ResetBefore _, Garbage _, Redirect _, NoBackend _, Huge _ ->
          true;
      case ResetAfter _, Late _ -> operation != Operation.TOKEN;
      case Stale _ -> Set.of(Operation.LIST, Operation.LIST_SERVICE_ACCOUNTS).contains(operation);
      case NoSecret _ -> Set.of(Operation.ROTATE, Operation.CREATE).contains(operation);
    };
  }
}
