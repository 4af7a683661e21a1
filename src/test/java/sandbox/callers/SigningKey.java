package sandbox.callers;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.util.concurrent.CompletableFuture;
import org.springframework.stereotype.Component;

/** Signs callers' tokens. Each start generates a new key. */
@Component
final class SigningKey {
  private final CompletableFuture<RSAKey> key = CompletableFuture.supplyAsync(SigningKey::generate);

  private static RSAKey generate() {
    try {
      return new RSAKeyGenerator(2048).keyIDFromThumbprint(true).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException("Every JDK has RSA", e);
    }
  }

  RSAKey key() {
    return key.join();
  }
}
