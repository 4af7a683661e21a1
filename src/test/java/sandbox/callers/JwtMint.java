package sandbox.callers;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;
import sandbox.wire.SandboxUrl;

/** Signs arbitrary claims with the authorization server's key. */
@Component
public final class JwtMint {
  private final SigningKey signingKey;
  private final SandboxUrl sandbox;

  JwtMint(SigningKey signingKey, SandboxUrl sandbox) {
    this.signingKey = signingKey;
    this.sandbox = sandbox;
  }

  /**
   * Starts from the claims of a valid token for {@code payments}. An {@link Instant} becomes a
   * numeric date.
   */
  public String mint(Consumer<Map<String, Object>> change) {
    Map<String, Object> claims = good();
    change.accept(claims);
    var builder = new JWTClaimsSet.Builder();
    claims.forEach(
        (name, value) ->
            builder.claim(name, value instanceof Instant time ? Date.from(time) : value));
    return sign(builder.build());
  }

  private Map<String, Object> good() {
    Caller payments = Caller.named("payments");
    Instant now = Instant.now();
    var claims = new LinkedHashMap<String, Object>();
    claims.put("iss", sandbox.url().toString());
    claims.put("sub", payments.id());
    claims.put("aud", List.of(CallersConfiguration.AUDIENCE));
    claims.put("client_id", payments.id());
    claims.put("groups", List.of(payments.team()));
    claims.put("scope", List.copyOf(payments.scopes()));
    claims.put("iat", now);
    claims.put("nbf", now);
    claims.put("exp", now.plus(Duration.ofHours(1)));
    claims.put("jti", UUID.randomUUID().toString());
    return claims;
  }

  private String sign(JWTClaimsSet claims) {
    var header =
        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(signingKey.key().getKeyID()).build();
    var jwt = new SignedJWT(header, claims);
    try {
      jwt.sign(new RSASSASigner(signingKey.key()));
    } catch (JOSEException e) {
      throw new IllegalStateException("The sandbox's key should sign", e);
    }
    return jwt.serialize();
  }
}
