package dev.rekey.access;

/** The scopes of access tokens. */
final class Scopes {

  static final String READ_CREDENTIALS = "credentials:read";
  static final String WRITE_CREDENTIALS = "credentials:write";
  static final String READ_AUDIT = "audit:read";
  static final String ADMIN = "admin";

  /** What Spring Security puts before a scope to make an authority of it. */
  static final String AUTHORITY_PREFIX = "SCOPE_";

  private Scopes() {}
}
