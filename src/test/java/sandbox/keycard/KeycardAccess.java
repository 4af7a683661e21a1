package sandbox.keycard;

import java.time.Duration;
import org.springframework.stereotype.Component;
import sandbox.gateway.AccessTokens;

/** Keycard's live tokens; an hour each. */
@Component
public final class KeycardAccess {
  private final AccessTokens tokens = new AccessTokens(Duration.ofHours(1));

  public AccessTokens tokens() {
    return tokens;
  }
}
