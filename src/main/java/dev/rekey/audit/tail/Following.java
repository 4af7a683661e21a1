package dev.rekey.audit.tail;

import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditFilter;

/**
 * The events that a follower wants.
 *
 * @param limit the greatest number of events of a page
 */
record Following(AuditFilter filter, Visibility visibility, int limit) {

  boolean wants(AuditEvent event) {
    return visibility.includes(event.subject()) && filter.matches(event);
  }

  boolean wantsAll() {
    return filter.isEmpty() && visibility instanceof Visibility.All;
  }
}
