package dev.rekey.invariants;

import dev.rekey.run.Control;
import org.jspecify.annotations.Nullable;

/** One fault of a mint at its upstream, and its expected consequences. */
enum Mishap {
  STATUS_408("status 408", status(408), Told.UNKNOWN, 0, "NOT_APPLIED"),
  STATUS_409("status 409", status(409), Told.REFUSED, 0, "REJECTED"),
  STATUS_429("status 429", status(429), Told.TO_WAIT, 0, "REJECTED"),
  STATUS_500("status 500", status(500), Told.UNKNOWN, 0, "NOT_APPLIED"),
  STATUS_502("status 502", status(502), Told.UNKNOWN, 0, "NOT_APPLIED"),
  STATUS_503("status 503", status(503), Told.UNKNOWN, 0, "NOT_APPLIED"),
  STATUS_504("status 504", status(504), Told.UNKNOWN, 0, "NOT_APPLIED"),
  SHORT_DELAY("short delay", once("delay", "\"delayMs\":200"), Told.THE_SECRET, 1, "SUCCEEDED"),
  DELAY_PAST_THE_TIMEOUT(
      "delay past the time-out",
      once("delay", "\"delayMs\":2800"),
      Told.UNKNOWN,
      1,
      "ORPHAN_REMOVED"),
  HANG("hang", once("hang"), Told.UNKNOWN, 0, "NOT_APPLIED"),
  RESET_BEFORE("reset before", once("reset-before"), Told.UNKNOWN, 0, "NOT_APPLIED"),
  RESET_AFTER("reset after", once("reset-after"), Told.UNKNOWN, 1, "ORPHAN_REMOVED"),
  LATE("late", once("late", "\"delayMs\":800"), Told.UNKNOWN, 1, "ORPHAN_REMOVED"),
  GARBAGE("garbage", once("garbage"), Told.UNKNOWN, 1, "ORPHAN_REMOVED"),
  HUGE("huge", once("huge"), Told.UNKNOWN, 1, "ORPHAN_REMOVED"),
  REDIRECT("redirect", once("redirect"), Told.UNKNOWN, 0, "NOT_APPLIED"),
  NO_SECRET("no secret", once("no-secret"), Told.UNKNOWN, 1, "ORPHAN_REMOVED") {
    @Override
    String endWithoutList() {
      return "ORPHAN_REMOVED";
    }
  },
  STALE_LIST(
      "reset after, then a stale list",
      (control, upstream, operation) -> {
        control.fault(upstream, operation, "reset-after", "\"times\":1");
        control.fault(upstream, "list", "stale", "\"delayMs\":60000", "\"times\":3");
      },
      Told.UNKNOWN,
      1,
      "ORPHAN_REMOVED"),
  TOKEN_ENDPOINT_DOWN(
      "token endpoint down", token("status", "\"status\":503"), Told.NOTHING_SENT, 0, null),
  TOKEN_ENDPOINT_SILENT("token endpoint silent", token("hang"), Told.NOTHING_SENT, 0, null),
  TOKEN_ENDPOINT_BREAKS(
      "token endpoint breaks the connection", token("reset-before"), Told.NOTHING_SENT, 0, null),
  TOKEN_REVOKED(
      "token revoked",
      (control, upstream, operation) -> control.revokeTokens(),
      Told.THE_SECRET,
      1,
      "SUCCEEDED"),
  STATUS_401_ONCE("status 401 once", status(401), Told.THE_SECRET, 1, "SUCCEEDED"),
  STATUS_401_ALWAYS(
      "status 401 always",
      (control, upstream, operation) ->
          control.fault(upstream, operation, "status", "\"status\":401"),
      Told.DENIED,
      0,
      "REJECTED");

  /** The response to the caller, as in the table of docs/rotation.md. */
  enum Told {
    THE_SECRET(0, "", true),
    REFUSED(409, "upstream-refused", false),
    TO_WAIT(429, "upstream-rate-limited", true),
    DENIED(502, "upstream-denied-us", false),
    NOTHING_SENT(503, "upstream-unavailable", true),
    UNKNOWN(504, "rotation-outcome-unknown", false);

    final int status;
    final String problem;

    /** Whether an upstream's own client may repeat the request automatically. */
    final boolean mayRepeat;

    Told(int status, String problem, boolean mayRepeat) {
      this.status = status;
      this.problem = problem;
      this.mayRepeat = mayRepeat;
    }
  }

  private interface Placing {
    void place(Control control, String upstream, String operation);
  }

  private final String text;

  @SuppressWarnings("ImmutableEnumChecker") // what the lambdas capture never changes
  private final Placing placing;

  final Told told;

  /** The number of credentials minted in the end. */
  final int mints;

  private final String end;

  Mishap(String text, Placing placing, Told told, int mints, @Nullable String end) {
    this.text = text;
    this.placing = placing;
    this.told = told;
    this.mints = mints;
    this.end = end == null ? "NOT_ATTEMPTED" : end;
  }

  private static Placing status(int status) {
    return once("status", "\"status\":" + status, "\"retryAfter\":\"7\"");
  }

  // Once, so that a forbidden second try would succeed and be counted.
  private static Placing once(String fault, String... more) {
    String rest = more.length == 0 ? "" : "," + String.join(",", more);
    return (control, upstream, operation) ->
        control.fault(upstream, operation, fault, "\"times\":1" + rest);
  }

  // A cached token would be used instead, so it is revoked first.
  private static Placing token(String fault, String... more) {
    return (control, upstream, operation) -> {
      control.revokeTokens();
      control.fault(upstream, "token", fault, more);
    };
  }

  void happenAt(Control control, String upstream, String operation) {
    placing.place(control, upstream, operation);
  }

  /** The number of calls with a token that may arrive: one, except after a 401. */
  int calls() {
    return switch (this) {
      case TOKEN_ENDPOINT_DOWN, TOKEN_ENDPOINT_SILENT, TOKEN_ENDPOINT_BREAKS -> 0;
      case STATUS_401_ONCE, STATUS_401_ALWAYS -> 2;
      default -> 1;
    };
  }

  /** The final state of the rotation where the upstream can list its credentials. */
  String endWithList() {
    return end;
  }

  /** The final state of the rotation where the upstream cannot list its credentials. */
  String endWithoutList() {
    return told == Told.UNKNOWN ? "UNKNOWN" : end;
  }

  @Override
  public String toString() {
    return text;
  }
}
