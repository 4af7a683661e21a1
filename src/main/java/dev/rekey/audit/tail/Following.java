package dev.rekey.audit.tail;

import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditFilter;
import dev.rekey.platform.query.Conditions;

/**
 * The events that a follower wants.
 *
 * @param limit the greatest number of events of a page
 */
record Following(AuditFilter filter, Visibility visibility, int limit) {

  boolean wants(AuditEvent event) {
    return visibility.includes(event.subject()) && filter.matches(event);
  }

  /** The same on {@code audit_event e}. */
  Conditions conditions() {
    var where = new Conditions();
    filter.addTo(where);
    visibility.addTo(where, "e.subject", "visible");
    return where;
  }

  boolean wantsAll() {
    return filter.isEmpty() && visibility instanceof Visibility.All;
  }
}
