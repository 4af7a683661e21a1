package dev.rekey.audit;

import java.time.Period;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The retention of the history.
 *
 * @param keep months that are older than this are dropped, such as {@code 2y}; at least the minimum
 *     that the schema's owner set; null, the default, keeps everything
 */
@ConfigurationProperties("rekey.audit.retention")
record RetentionProperties(@Nullable Period keep) {}
