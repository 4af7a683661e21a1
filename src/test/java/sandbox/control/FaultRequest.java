package sandbox.control;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sandbox.faults.Fault;
import sandbox.faults.Faults;
import sandbox.wire.Operation;
import sandbox.wire.Upstream;
import tools.jackson.databind.node.ObjectNode;

/**
 * A fault as requested.
 *
 * @param retryAfter seconds or an HTTP date, sent unchanged
 * @param body only of {@code respond}
 * @param times the number of calls affected; null for all until faults are cleared
 */
record FaultRequest(
    @Nullable Upstream upstream,
    @Nullable Operation operation,
    @Nullable Kind fault,
    @Nullable Integer status,
    @Nullable String retryAfter,
    @Nullable Long delayMs,
    @Nullable ObjectNode body,
    @Nullable Integer times) {

  enum Kind {
    STATUS,
    DELAY,
    HANG,
    RESET_BEFORE,
    RESET_AFTER,
    LATE,
    STALE,
    GARBAGE,
    NO_SECRET,
    REDIRECT,
    NO_BACKEND,
    HUGE,
    RESPOND;

    @JsonValue
    String wireName() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** A fault that {@link #placeIn} accepts without a body. */
  record Offer(Upstream upstream, Operation operation, Kind fault) {}

  static List<Offer> offers() {
    return Stream.of(Upstream.values())
        .flatMap(at -> Stream.of(Operation.values()).flatMap(operation -> offers(at, operation)))
        .toList();
  }

  private static Stream<Offer> offers(Upstream upstream, Operation operation) {
    return Stream.of(Kind.values())
        .filter(kind -> kind != Kind.RESPOND)
        .filter(kind -> applies(upstream, operation, sample(kind)))
        .map(kind -> new Offer(upstream, operation, kind));
  }

  private static Fault sample(Kind kind) {
    return new FaultRequest(null, null, kind, 500, null, 0L, null, null).toFault(kind);
  }

  private static boolean applies(Upstream upstream, Operation operation, Fault fault) {
    return operation.existsAt(upstream) && fault.appliesTo(operation);
  }

  void placeIn(Faults faults) {
    if (upstream == null || operation == null || fault == null) {
      throw new InvalidControlRequest("upstream, operation and fault are required");
    }
    Fault ordered = toFault(fault);
    if (!applies(upstream, operation, ordered)) {
      throw new InvalidControlRequest(
          "%s does not apply to %s at %s"
              .formatted(fault.wireName(), operation.wireName(), upstream.wireName()));
    }
    if (times != null && times < 1) {
      throw new InvalidControlRequest("times must be at least 1");
    }
    faults.add(upstream, operation, ordered, times == null ? Faults.UNLIMITED : times);
  }

  private Fault toFault(Kind kind) {
    return switch (kind) {
      case STATUS -> new Fault.Status(errorStatus(), retryAfter);
      case DELAY -> new Fault.Delay(delay());
      case HANG -> new Fault.Hang();
      case RESET_BEFORE -> new Fault.ResetBefore();
      case RESET_AFTER -> new Fault.ResetAfter();
      case LATE -> new Fault.Late(delay());
      case STALE -> new Fault.Stale(delay());
      case GARBAGE -> new Fault.Garbage();
      case NO_SECRET -> new Fault.NoSecret();
      case REDIRECT -> new Fault.Redirect();
      case NO_BACKEND -> new Fault.NoBackend();
      case HUGE -> new Fault.Huge();
      case RESPOND -> new Fault.Respond(errorStatus(), requiredBody());
    };
  }

  private ObjectNode requiredBody() {
    if (body == null) {
      throw new InvalidControlRequest("body is required");
    }
    return body;
  }

  private int errorStatus() {
    if (status == null || status < 200 || status > 599) {
      throw new InvalidControlRequest("status must lie between 200 and 599");
    }
    return status;
  }

  private Duration delay() {
    if (delayMs == null || delayMs < 0) {
      throw new InvalidControlRequest("delayMs must be 0 or more");
    }
    return Duration.ofMillis(delayMs);
  }
}
