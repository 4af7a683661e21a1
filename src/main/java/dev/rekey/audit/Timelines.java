package dev.rekey.audit;

import dev.rekey.platform.query.Cursor;
import dev.rekey.platform.query.Slice;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The history of single credentials, for who knows them and has checked who asks. */
@Component
public class Timelines {

  private final AuditEvents events;

  Timelines(AuditEvents events) {
    this.events = events;
  }

  /**
   * One page, newest first, of the events of a credential and of the rotations that it came and
   * went by.
   *
   * @param cursor as the page before gave it; null for the first page
   */
  public Slice<AuditEvent> page(
      UUID credential, Set<UUID> rotations, @Nullable Integer limit, @Nullable String cursor) {
    List<Object> asked = List.of("timeline", credential);
    var after = cursor == null ? null : Cursor.decode(cursor, asked);
    int size = Slice.limit(limit);
    List<AuditEvent> found = events.timeline(credential, rotations, after, size + 1);
    return Slice.of(found, size, event -> new Cursor(event.occurredAt(), event.id()), asked);
  }
}
