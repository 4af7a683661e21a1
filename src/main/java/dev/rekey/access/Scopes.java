package dev.rekey.access;

/** The scopes that an access token may carry. */
final class Scopes {

  static final String READ_CREDENTIALS = "credentials:read";
  static final String WRITE_CREDENTIALS = "credentials:write";
  static final String READ_AUDIT = "audit:read";
  static final String ADMIN = "admin";

  private Scopes() {}
}
