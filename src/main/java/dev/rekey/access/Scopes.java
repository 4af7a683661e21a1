package dev.rekey.access;

/** The scopes of access tokens. */
final class Scopes {

  static final String READ_CREDENTIALS = "credentials:read";
  static final String WRITE_CREDENTIALS = "credentials:write";
  static final String READ_AUDIT = "audit:read";
  static final String ADMIN = "admin";

  /** Spring Security turns a scope into an authority with this prefix. */
  static final String AUTHORITY_PREFIX = "SCOPE_";

  private Scopes() {}
}
