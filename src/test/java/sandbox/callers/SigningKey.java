package sandbox.callers;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.util.concurrent.CompletableFuture;
import org.springframework.stereotype.Component;

/** Signs callers' tokens. Each JVM generates a new key, which takes it up to two seconds. */
@Component
final class SigningKey {
  private static final CompletableFuture<RSAKey> KEY =
      CompletableFuture.supplyAsync(SigningKey::generate);

  private static RSAKey generate() {
    try {
      return new RSAKeyGenerator(2048).keyIDFromThumbprint(true).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException("Every JDK has RSA", e);
    }
  }

  RSAKey key() {
    return KEY.join();
  }
}
