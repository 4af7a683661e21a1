package dev.rekey.access.issuer;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import java.util.List;

/** The public keys of one issuer. */
interface KeySource {

  /**
   * The keys that may have made a signature; none if the issuer has no such key.
   *
   * @throws org.springframework.security.oauth2.jwt.JwtException if its keys are unavailable
   */
  List<JWK> find(JWKSelector selector);

  /** Fetches the keys again if they can have changed. Does not throw. */
  default void refresh() {}
}
