package sandbox.conductorone;

import java.time.Duration;
import org.springframework.stereotype.Component;
import sandbox.gateway.AccessTokens;

/** ConductorOne's live tokens; ten minutes each (ConductorOne docs, authenticate). */
@Component
public final class ConductorOneAccess {
  private final AccessTokens tokens = new AccessTokens(Duration.ofMinutes(10));

  public AccessTokens tokens() {
    return tokens;
  }
}
