package dev.rekey.audit;

import java.time.Period;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How long the history is kept.
 *
 * @param keep months that ended longer ago than this are dropped, such as {@code 2y}; at least what
 *     the schema's owner has set as the minimum; null, the default, keeps everything
 */
@ConfigurationProperties("rekey.audit.retention")
record RetentionProperties(@Nullable Period keep) {}
