package bench.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoder;
import org.springframework.stereotype.Component;

/** Verifies a token once a minute, as Rekey does. */
@Component
class VerifiedTokens implements BeanPostProcessor {

  private static final Duration KEPT_FOR = Duration.ofMinutes(1);

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    return switch (bean) {
      case JwtDecoder decoder -> (JwtDecoder) remembered(decoder::decode)::apply;
      case ReactiveJwtDecoder decoder ->
          (ReactiveJwtDecoder)
              remembered((String token) -> decoder.decode(token).cache(KEPT_FOR))::apply;
      default -> bean;
    };
  }

  private static <T> Function<String, T> remembered(Function<String, T> decoder) {
    var known = new ConcurrentHashMap<String, Verified<T>>();
    return token -> {
      Verified<T> verified = known.get(token);
      if (verified == null || verified.until().isBefore(Instant.now())) {
        verified = new Verified<>(decoder.apply(token), Instant.now().plus(KEPT_FOR));
        known.put(token, verified);
      }
      return verified.token();
    };
  }

  private record Verified<T>(T token, Instant until) {}
}
