package dev.rekey.upstream.http;

import jakarta.validation.constraints.Positive;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of a call to an upstream.
 *
 * @param connectTimeout how long connecting may take; default 3 s
 * @param tokenTimeout how long a call to the token endpoint may take; default 8 s
 * @param readTimeout how long a read, an update or a retirement may take in total, with token and
 *     retries; default 20 s
 * @param mintTimeout how long a mint may take in total, with token, before its outcome is unknown;
 *     default 28 s. A rotation is answered within 45 s, so the rest is left for the database
 * @param maxResponseSize a larger response is not read; default 1 MB
 * @param maxConcurrentCalls maximum number of concurrent calls; more calls wait; default 128
 */
public record HttpLimits(
    @DefaultValue("3s") @DurationMin(millis = 1) Duration connectTimeout,
    @DefaultValue("8s") @DurationMin(millis = 1) Duration tokenTimeout,
    @DefaultValue("20s") @DurationMin(millis = 1) Duration readTimeout,
    @DefaultValue("28s") @DurationMin(millis = 1) Duration mintTimeout,
    @DefaultValue("1MB") DataSize maxResponseSize,
    @DefaultValue("128") @Positive int maxConcurrentCalls) {

  /** Throws {@link IllegalArgumentException} if {@code maxResponseSize} is out of range. */
  public HttpLimits {
    if (maxResponseSize.compareTo(DataSize.ofKilobytes(1)) < 0
        || maxResponseSize.compareTo(DataSize.ofMegabytes(512)) > 0) {
      throw new IllegalArgumentException("max-response-size has to be from 1KB to 512MB");
    }
  }
}
