package dev.rekey.chaos;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One kill of Rekey: a point, at one upstream. */
record Cell(Target target, Point point) {

  private static final String AUDIT_LOG = "dev.rekey.audit.AuditLog";
  private static final String ROTATION = "dev.rekey.rotation.";
  private static final String OPENING = ROTATION + "OpeningLedger";
  private static final String CLOSING = ROTATION + "ClosingLedger";

  /** The point at which Rekey is killed. */
  enum Point {
    BEFORE_STEP_1("a", "in step 1, before its commit"),
    NOTHING_SENT("b", "after step 1, before sending"),
    CALL_HANGS("c", "the upstream received the call and hangs"),
    NOT_READ("d", "the upstream acted; its response is not read"),
    READ("e", "the response is read; step 3 has not begun"),
    INSIDE_STEP_3("f", "in step 3, before its commit"),
    NOT_ANSWERED("g", "after step 3, before the response to the caller"),
    RECONCILING("h", "reconciling: the orphan is removed, but not recorded"),
    RETIRING("i", "retiring: the old credential is removed, but not recorded");

    private final String letter;
    private final String text;

    Point(String letter, String text) {
      this.letter = letter;
      this.text = text;
    }

    /** Throws for a point that is not in Rekey's code. */
    Place place() {
      return switch (this) {
        case BEFORE_STEP_1 -> Place.entryOf(AUDIT_LOG, "append").within(OPENING + ".open");
        case NOTHING_SENT -> Place.entryOf(ROTATION + "RotationSteps", "call");
        case READ -> Place.entryOf(ROTATION + "RotationSteps", "close");
        case INSIDE_STEP_3 -> Place.entryOf(AUDIT_LOG, "append").within(CLOSING + ".close");
        case NOT_ANSWERED -> Place.entryOf(ROTATION + "NewCredential", "response");
        case RECONCILING -> Place.entryOf(ROTATION + "MintReconcileLedger", "orphanRemoved");
        case RETIRING -> Place.entryOf(ROTATION + "ChangeLedger", "close");
        case CALL_HANGS, NOT_READ -> throw new IllegalStateException(this + " is outside of Rekey");
      };
    }

    @Override
    public String toString() {
      return letter + ": " + text;
    }
  }

  static Stream<Cell> all() {
    return Arrays.stream(Target.values())
        .flatMap(target -> Arrays.stream(Point.values()).map(point -> new Cell(target, point)));
  }

  /** Points that one process can be held at simultaneously. At the last one, it is paused. */
  static List<Cell> together() {
    return List.of(
        new Cell(Target.KEYCARD, Point.BEFORE_STEP_1),
        new Cell(Target.KEYCARD, Point.NOTHING_SENT),
        new Cell(Target.KEYCARD, Point.CALL_HANGS),
        new Cell(Target.KEYCARD, Point.READ),
        new Cell(Target.KEYCARD, Point.INSIDE_STEP_3),
        new Cell(Target.KEYCARD, Point.NOT_ANSWERED),
        new Cell(Target.CONDUCTORONE, Point.INSIDE_STEP_3),
        new Cell(Target.KEYCARD, Point.NOT_READ));
  }

  /** The rotation's state once it is reconciled; null if there is none. */
  @Nullable String settled() {
    return switch (point) {
      case BEFORE_STEP_1 -> null;
      case NOTHING_SENT, CALL_HANGS -> isListed() ? "NOT_APPLIED" : "UNKNOWN";
      case NOT_READ, READ, INSIDE_STEP_3 -> isListed() ? "ORPHAN_REMOVED" : "UNKNOWN";
      case NOT_ANSWERED, RETIRING -> "SUCCEEDED";
      case RECONCILING -> "ORPHAN_REMOVED";
    };
  }

  /** Whether the upstream lists its credentials, so that an orphan is found without its id. */
  private boolean isListed() {
    return target == Target.KEYCARD;
  }

  /** Returns whether a credential was minted before the kill. */
  boolean hasMinted() {
    return !List.of(Point.BEFORE_STEP_1, Point.NOTHING_SENT, Point.CALL_HANGS).contains(point);
  }

  /** Whether it needs an additive ConductorOne. */
  boolean isAdditive() {
    return target == Target.CONDUCTORONE && point == Point.RETIRING;
  }

  /** The settings that Rekey needs for it. */
  Map<String, String> settings() {
    return isAdditive() ? Map.of("rekey.upstreams.conductorone.rotation", "ADDITIVE") : Map.of();
  }

  @Override
  public String toString() {
    return target.upstream() + ", " + point;
  }
}
