package dev.rekey.access.issuer;

import org.springframework.security.oauth2.jwt.BadJwtException;

/** An access token that Rekey does not accept. The message is for its caller and quotes nothing. */
public final class RefusedToken extends BadJwtException {

  private static final long serialVersionUID = 1;

  RefusedToken(String reason) {
    super(reason);
  }
}
