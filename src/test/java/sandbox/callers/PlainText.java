package sandbox.callers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * Compares secrets without hashing: the README publishes them, and benchmarks request many tokens.
 */
final class PlainText implements PasswordEncoder {
  @Override
  public @Nullable String encode(@Nullable CharSequence rawPassword) {
    return rawPassword == null ? null : rawPassword.toString();
  }

  @Override
  public boolean matches(@Nullable CharSequence rawPassword, @Nullable String encodedPassword) {
    return rawPassword != null
        && encodedPassword != null
        && MessageDigest.isEqual(
            rawPassword.toString().getBytes(UTF_8), encodedPassword.getBytes(UTF_8));
  }
}
