package dev.rekey.audit.tail;

import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditFilter;
import dev.rekey.platform.query.Conditions;

/**
 * What a follower wants of the sealed history.
 *
 * @param limit how many at once
 */
public record Following(AuditFilter filter, Visibility visibility, int limit) {

  public boolean wants(AuditEvent event) {
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
