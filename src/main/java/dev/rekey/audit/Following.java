package dev.rekey.audit;

import dev.rekey.access.Visibility;

/**
 * What a follower wants of the sealed history.
 *
 * @param filter which events; without {@code q}
 * @param limit how many at once
 */
record Following(AuditFilter filter, Visibility visibility, int limit) {

  boolean wants(AuditEvent event) {
    return visibility.includes(event.subject()) && filter.matches(event);
  }

  boolean wantsAll() {
    return filter.equals(AuditFilter.NONE) && visibility instanceof Visibility.All;
  }
}
