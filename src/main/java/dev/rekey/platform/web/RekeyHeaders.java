package dev.rekey.platform.web;

/** What Rekey adds to answers in an upstream's shape; it never touches their bodies. */
public final class RekeyHeaders {

  public static final String ROTATION_ID = "Rekey-Rotation-Id";
  public static final String CREDENTIAL_ID = "Rekey-Credential-Id";

  private RekeyHeaders() {}
}
