package dev.rekey.finding;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The kinds of findings. {@code docs/findings.md} defines the condition of each. */
public enum FindingKind {
  OVERDUE(
      FindingSeverity.HIGH,
      "The credential is overdue by its policy.",
      "Rotate the credential, or find out in the preview of the policies what its rotation waits"
          + " for."),
  TOO_OLD(
      FindingSeverity.MEDIUM,
      "The credential is older than the maximum age.",
      "Rotate the credential."),
  NEVER_USED(
      FindingSeverity.LOW,
      "The credential was never used, as far as its upstream reports.",
      "Find out whether somebody needs the credential, and revoke or delete it if not."),
  UNUSED(
      FindingSeverity.MEDIUM,
      "The credential has not been used for a long time.",
      "Find out whether somebody still needs the credential, and revoke or delete it if not."),
  EXPIRING_WITHOUT_POLICY(
      FindingSeverity.HIGH,
      "The credential expires soon, and no policy rotates it.",
      "Rotate the credential before it expires, or configure a policy that rotates its subject."),
  MADE_PAST_REKEY(
      FindingSeverity.HIGH,
      "The credential was made outside Rekey.",
      "Adopt the credential if it is known to its owner, else revoke or delete it."),
  TWO_LIVE(
      FindingSeverity.MEDIUM,
      "The subject has several active credentials, and no rotation is open.",
      "Find out which credential is in use, and revoke or delete the others."),
  DELIVERY_FAILED(
      FindingSeverity.CRITICAL,
      "The last delivery of a secret failed.",
      "Remove the cause that the failure names, then rotate the credential again with a delivery."),
  SHOWN_TO_PERSON(
      FindingSeverity.HIGH,
      "The secret was shown to a person, and was not rotated since.",
      "Rotate the credential with a delivery, so that nobody sees the new secret."),
  NO_OWNER(
      FindingSeverity.MEDIUM,
      "The subject has no owner.",
      "Configure an owner for the subject, or grant the subject to its team.");

  private final FindingSeverity severity;
  private final String meaning;
  private final String nextStep;

  FindingKind(FindingSeverity severity, String meaning, String nextStep) {
    this.severity = severity;
    this.meaning = meaning;
    this.nextStep = nextStep;
  }

  /** As the API and the database write it, such as {@code never-used}. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static FindingKind of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  public FindingSeverity severity() {
    return severity;
  }

  /** A sentence that describes the fault. */
  public String meaning() {
    return meaning;
  }

  /** A sentence that tells the owner what to do. */
  public String nextStep() {
    return nextStep;
  }

  @Override
  public String toString() {
    return text();
  }
}
