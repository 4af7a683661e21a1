package dev.rekey.access;

import dev.rekey.upstream.Subject;

/**
 * Proof that a caller may change, administer or read a subject. Only {@link Access} creates one, so
 * a method that takes one cannot be called without the check.
 */
public sealed class Permit {

  private final Caller caller;
  private final Subject subject;

  private Permit(Caller caller, Subject subject) {
    this.caller = caller;
    this.subject = subject;
  }

  public Caller caller() {
    return caller;
  }

  public Subject subject() {
    return subject;
  }

  /** To read the subject. */
  public static final class Read extends Permit {

    Read(Caller caller, Subject subject) {
      super(caller, subject);
    }
  }

  /** To resolve a rotation by hand, without changing the subject at its upstream. */
  public static final class Administer extends Permit {

    Administer(Caller caller, Subject subject) {
      super(caller, subject);
    }
  }

  /** To change the subject. */
  public static final class Write extends Permit {

    private final String team;

    Write(Caller caller, Subject subject, String team) {
      super(caller, subject);
      this.team = team;
    }

    /** The team whose grant allows it. */
    public String team() {
      return team;
    }
  }
}
