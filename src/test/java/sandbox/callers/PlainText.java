package sandbox.callers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.password.PasswordEncoder;

/** No hashing: the secrets are in the README, and a benchmark asks for many tokens. */
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
