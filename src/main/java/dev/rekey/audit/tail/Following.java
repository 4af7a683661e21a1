package dev.rekey.audit.tail;

import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditFilter;

/**
 * What a follower wants of the sealed history.
 *
 * @param filter which events; without {@code q}
 * @param limit how many at once
 */
public record Following(AuditFilter filter, Visibility visibility, int limit) {

  public boolean wants(AuditEvent event) {
    return visibility.includes(event.subject()) && filter.matches(event);
  }

  boolean wantsAll() {
    return filter.equals(AuditFilter.NONE) && visibility instanceof Visibility.All;
  }
}
