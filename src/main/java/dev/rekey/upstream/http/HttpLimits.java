package dev.rekey.upstream.http;

import jakarta.validation.constraints.Positive;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How far a call to an upstream may go.
 *
 * @param connectTimeout how long a connection may take to come about; default 3 s
 * @param tokenTimeout how long a call to the token endpoint may take; default 8 s
 * @param readTimeout how long a read, an update or the end of a credential may take in all, token
 *     and repetitions included; default 20 s
 * @param mintTimeout how long a mint may take in all, token included, before its outcome is
 *     unknown; default 28 s. A minting request is answered within 45 s, which leaves the rest to
 *     the database
 * @param maxResponseSize answers larger than this are cut off; default 1 MB
 * @param maxConcurrentCalls calls under way at once; one more waits its turn; default 128
 */
public record HttpLimits(
    @DefaultValue("3s") @DurationMin(millis = 1) Duration connectTimeout,
    @DefaultValue("8s") @DurationMin(millis = 1) Duration tokenTimeout,
    @DefaultValue("20s") @DurationMin(millis = 1) Duration readTimeout,
    @DefaultValue("28s") @DurationMin(millis = 1) Duration mintTimeout,
    @DefaultValue("1MB") DataSize maxResponseSize,
    @DefaultValue("128") @Positive int maxConcurrentCalls) {

  private static final DataSize MOST = DataSize.ofMegabytes(512);

  /** Throws {@link IllegalArgumentException} if answers may be of no size that makes sense. */
  public HttpLimits {
    if (maxResponseSize.compareTo(DataSize.ofKilobytes(1)) < 0
        || maxResponseSize.compareTo(MOST) > 0) {
      throw new IllegalArgumentException("max-response-size has to be from 1KB to 512MB");
    }
  }
}
