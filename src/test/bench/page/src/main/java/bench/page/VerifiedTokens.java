package bench.page;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.stereotype.Component;

/** Verifies a token once a minute, as Rekey does. */
@Component
class VerifiedTokens implements BeanPostProcessor {

  private static final Duration KEPT_FOR = Duration.ofMinutes(1);

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    return bean instanceof JwtDecoder decoder ? remembered(decoder) : bean;
  }

  private static JwtDecoder remembered(JwtDecoder decoder) {
    var known = new ConcurrentHashMap<String, Verified>();
    return text -> {
      Verified verified = known.get(text);
      if (verified == null || verified.until().isBefore(Instant.now())) {
        verified = new Verified(decoder.decode(text), Instant.now().plus(KEPT_FOR));
        known.put(text, verified);
      }
      return verified.token();
    };
  }

  private record Verified(Jwt token, Instant until) {}
}
