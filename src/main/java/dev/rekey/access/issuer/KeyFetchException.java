package dev.rekey.access.issuer;

/** An issuer's keys could not be fetched. The message is for the log: it quotes no response. */
public final class KeyFetchException extends Exception {

  private static final long serialVersionUID = 1;

  public KeyFetchException(String reason) {
    super(reason);
  }
}
