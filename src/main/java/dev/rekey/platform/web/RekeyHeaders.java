package dev.rekey.platform.web;

/** The headers that Rekey adds to responses in an upstream's format, whose bodies it keeps. */
public final class RekeyHeaders {

  public static final String ROTATION_ID = "Rekey-Rotation-Id";
  public static final String CREDENTIAL_ID = "Rekey-Credential-Id";

  private RekeyHeaders() {}
}
