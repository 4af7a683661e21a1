package dev.rekey.invariants;

import dev.rekey.run.Control;
import org.jspecify.annotations.Nullable;

/** One way in which a mint can fail at its upstream, and the expected results. */
enum Fault {
  STATUS_408("status 408", status(408), Expected.UNKNOWN, 0, "NOT_APPLIED"),
  STATUS_409("status 409", status(409), Expected.REFUSED, 0, "REJECTED"),
  STATUS_429("status 429", status(429), Expected.RATE_LIMITED, 0, "REJECTED"),
  STATUS_500("status 500", status(500), Expected.UNKNOWN, 0, "NOT_APPLIED"),
  STATUS_502("status 502", status(502), Expected.UNKNOWN, 0, "NOT_APPLIED"),
  STATUS_503("status 503", status(503), Expected.UNKNOWN, 0, "NOT_APPLIED"),
  STATUS_504("status 504", status(504), Expected.UNKNOWN, 0, "NOT_APPLIED"),
  SHORT_DELAY("short delay", once("delay", Control.delayMs(200)), Expected.SECRET, 1, "SUCCEEDED"),
  DELAY_BEYOND_TIMEOUT(
      "delay beyond the timeout",
      once("delay", Control.delayMs(2800)),
      Expected.UNKNOWN,
      1,
      "ORPHAN_REMOVED"),
  HANG("hang", once("hang"), Expected.UNKNOWN, 0, "NOT_APPLIED"),
  RESET_BEFORE("reset before", once("reset-before"), Expected.UNKNOWN, 0, "NOT_APPLIED"),
  RESET_AFTER("reset after", once("reset-after"), Expected.UNKNOWN, 1, "ORPHAN_REMOVED"),
  LATE("late", once("late", Control.delayMs(800)), Expected.UNKNOWN, 1, "ORPHAN_REMOVED"),
  GARBAGE("garbage", once("garbage"), Expected.UNKNOWN, 1, "ORPHAN_REMOVED"),
  HUGE("huge", once("huge"), Expected.UNKNOWN, 1, "ORPHAN_REMOVED"),
  REDIRECT("redirect", once("redirect"), Expected.UNKNOWN, 0, "NOT_APPLIED"),
  NO_SECRET("no secret", once("no-secret"), Expected.UNKNOWN, 1, "ORPHAN_REMOVED") {
    @Override
    String stateIfNotListable() {
      return "ORPHAN_REMOVED";
    }
  },
  STALE_LIST(
      "reset after, then a stale list",
      (control, upstream, operation) -> {
        control.fault(upstream, operation, "reset-after", Control.times(1));
        control.fault(upstream, "list", "stale", Control.delayMs(60000), Control.times(3));
      },
      Expected.UNKNOWN,
      1,
      "ORPHAN_REMOVED"),
  TOKEN_ENDPOINT_DOWN(
      "token endpoint down", token("status", Control.status(503)), Expected.NOTHING_SENT, 0, null),
  TOKEN_ENDPOINT_SILENT("token endpoint silent", token("hang"), Expected.NOTHING_SENT, 0, null),
  TOKEN_ENDPOINT_BREAKS(
      "token endpoint breaks the connection",
      token("reset-before"),
      Expected.NOTHING_SENT,
      0,
      null),
  TOKEN_REVOKED(
      "token revoked",
      (control, upstream, operation) -> control.revokeTokens(),
      Expected.SECRET,
      1,
      "SUCCEEDED"),
  STATUS_401_ONCE("status 401 once", status(401), Expected.SECRET, 1, "SUCCEEDED"),
  STATUS_401_ALWAYS(
      "status 401 always",
      (control, upstream, operation) ->
          control.fault(upstream, operation, "status", Control.status(401)),
      Expected.DENIED,
      0,
      "REJECTED");

  /** The expected response, as in the table of docs/rotation-internals.md. */
  enum Expected {
    SECRET(0, "", true),
    REFUSED(409, "upstream-refused", false),
    RATE_LIMITED(429, "upstream-rate-limited", true),
    DENIED(502, "upstream-denied-us", false),
    NOTHING_SENT(503, "upstream-unavailable", true),
    UNKNOWN(504, "rotation-outcome-unknown", false);

    final int status;
    final String problem;

    /** Whether an upstream's official client may retry. */
    final boolean mayRepeat;

    Expected(int status, String problem, boolean mayRepeat) {
      this.status = status;
      this.problem = problem;
      this.mayRepeat = mayRepeat;
    }
  }

  private interface Injection {
    void inject(Control control, String upstream, String operation);
  }

  private final String text;

  @SuppressWarnings("ImmutableEnumChecker") // the lambdas capture immutable values only
  private final Injection injection;

  final Expected expected;

  /** How many credentials are minted. */
  final int mints;

  private final String state;

  Fault(String text, Injection injection, Expected expected, int mints, @Nullable String state) {
    this.text = text;
    this.injection = injection;
    this.expected = expected;
    this.mints = mints;
    this.state = state == null ? "NOT_ATTEMPTED" : state;
  }

  private static Injection status(int status) {
    return once("status", Control.status(status), Control.retryAfter(7));
  }

  // Once, so that a second try would succeed and be counted.
  private static Injection once(String fault, String... more) {
    String rest = more.length == 0 ? "" : "," + String.join(",", more);
    return (control, upstream, operation) ->
        control.fault(upstream, operation, fault, Control.times(1) + rest);
  }

  // The cached token is revoked first, so that Rekey needs a new one.
  private static Injection token(String fault, String... more) {
    return (control, upstream, operation) -> {
      control.revokeTokens();
      control.fault(upstream, "token", fault, more);
    };
  }

  void injectAt(Control control, String upstream, String operation) {
    injection.inject(control, upstream, operation);
  }

  /** The number of calls with a valid token: one, except after a 401. */
  int calls() {
    return switch (this) {
      case TOKEN_ENDPOINT_DOWN, TOKEN_ENDPOINT_SILENT, TOKEN_ENDPOINT_BREAKS -> 0;
      case STATUS_401_ONCE, STATUS_401_ALWAYS -> 2;
      default -> 1;
    };
  }

  /** The rotation's final state at an upstream that lists its credentials. */
  String stateIfListable() {
    return state;
  }

  /** The rotation's final state at an upstream that does not. */
  String stateIfNotListable() {
    return expected == Expected.UNKNOWN ? "UNKNOWN" : state;
  }

  @Override
  public String toString() {
    return text;
  }
}
