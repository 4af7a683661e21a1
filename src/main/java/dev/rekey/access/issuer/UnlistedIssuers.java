package dev.rekey.access.issuer;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses tokens whose issuer is not trusted. Says so with both values if it is probably a typing
 * error in a setting, such as a slash.
 */
final class UnlistedIssuers {

  private static final Duration LOG_AGAIN_AFTER = Duration.ofMinutes(1);

  private static final Logger log = LoggerFactory.getLogger(UnlistedIssuers.class);

  private final List<String> trusted;
  private final Ticker time;
  private final AtomicLong mayLogAt;

  UnlistedIssuers(Collection<String> trusted, Ticker time) {
    this.trusted = trusted.stream().sorted().toList();
    this.time = time;
    this.mayLogAt = new AtomicLong(time.read());
  }

  /** The issuer of the token, which nothing has verified; null if it names none. */
  RefusedToken refusal(@Nullable String issuer) {
    if (issuer == null) {
      return new RefusedToken("The access token has no iss.");
    }
    String quotable = KeyFetch.quotable(issuer);
    long now = time.read();
    long at = mayLogAt.get();
    if (now - at >= 0 && mayLogAt.compareAndSet(at, now + LOG_AGAIN_AFTER.toNanos())) {
      log.warn(
          "A token of the issuer {} was refused. Only {} are trusted, and iss has to be exactly the"
              + " same",
          quotable,
          trusted);
    }
    return trusted.stream()
        .filter(one -> bare(one).equals(bare(quotable)))
        .findFirst()
        .map(
            similar ->
                new RefusedToken(
                    ("The iss of the access token is %s, but Rekey trusts %s; they have to be"
                            + " exactly the same.")
                        .formatted(quotable, similar)))
        .orElseGet(() -> new RefusedToken("The access token is from another issuer."));
  }

  // Without what is easily mistyped.
  private static String bare(String url) {
    return url.toLowerCase(Locale.ROOT)
        .replaceFirst("^https?://", "")
        .replaceFirst(":(443|80)(?=/|$)", "")
        .replaceAll("/+$", "");
  }
}
