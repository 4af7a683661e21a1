package dev.rekey.policy;

/** The reason why the next rotation of a credential has not started. */
public enum WaitsFor {
  /** The credential is not due yet. */
  DUE_TIME,
  /** The credential was overdue when its policy became new. It has a time within the ramp. */
  FIRST_SLOT,
  /** The credential is due outside its change window. */
  WINDOW,
  /** The last try failed. */
  RETRY,
  /** Nothing but a free place among the rotations in progress. */
  TURN,
  /** A rotation or delivery of the subject is not finished. */
  ROTATION,
  /** Somebody has paused it. */
  PAUSE,
  /** All tries failed. An admin has to resume it. */
  AUTOMATION_HALTED,
  /** The policy delivers to no target of the subject. */
  DELIVERY_TARGET,
  /** It is not known which of several credentials the target has. */
  CREDENTIAL,
  /** Rekey itself logs in with a credential that the rotation would end. */
  OWN_LOGIN
}
