package sandbox.control;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import sandbox.faults.Fault;
import sandbox.kubernetes.ClusterFaults;

/**
 * A fault of the API server as requested.
 *
 * @param verb as in a rule; null for all, likewise the resource
 * @param dryRun true for dry runs only, false for others only, null for both
 * @param status null for 500
 * @param retryAfter seconds or an HTTP date, sent unchanged; only of {@code status}
 * @param times the number of requests affected; null for all until faults are cleared
 */
record ClusterFaultRequest(
    @Nullable String verb,
    @Nullable String resource,
    @Nullable Boolean dryRun,
    @Nullable Kind fault,
    @Nullable Integer status,
    @Nullable String retryAfter,
    @Nullable Long delayMs,
    @Nullable Integer times) {

  enum Kind {
    STATUS,
    STATUS_AFTER,
    ECHO,
    DELAY,
    HANG,
    RESET_BEFORE,
    RESET_AFTER,
    LATE,
    GARBAGE,
    NO_BACKEND;

    @JsonValue
    String wireName() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  void placeIn(ClusterFaults faults) {
    if (fault == null) {
      throw new InvalidControlRequest("fault is required");
    }
    if (times != null && times < 1) {
      throw new InvalidControlRequest("times must be at least 1");
    }
    faults.add(new ClusterFaults.Scope(verb, resource, dryRun), toFault(fault), times);
  }

  private Fault toFault(Kind kind) {
    return switch (kind) {
      case STATUS -> new Fault.Status(errorStatus(), retryAfter);
      case STATUS_AFTER -> new Fault.StatusAfter(errorStatus());
      case ECHO -> new Fault.Echo(errorStatus());
      case DELAY -> new Fault.Delay(delay());
      case HANG -> new Fault.Hang();
      case RESET_BEFORE -> new Fault.ResetBefore();
      case RESET_AFTER -> new Fault.ResetAfter();
      case LATE -> new Fault.Late(delay());
      case GARBAGE -> new Fault.Garbage();
      case NO_BACKEND -> new Fault.NoBackend();
    };
  }

  private int errorStatus() {
    int wanted = status == null ? 500 : status;
    if (wanted < 400 || wanted > 599) {
      throw new InvalidControlRequest("status must lie between 400 and 599");
    }
    return wanted;
  }

  private Duration delay() {
    if (delayMs == null || delayMs < 0) {
      throw new InvalidControlRequest("delayMs must be 0 or more");
    }
    return Duration.ofMillis(delayMs);
  }
}
