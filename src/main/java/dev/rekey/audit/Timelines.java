package dev.rekey.audit;

import dev.rekey.platform.query.Cursors;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.platform.query.Cursors.PageRequest;
import dev.rekey.platform.query.Slice;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** The history of single credentials. The caller of this class checks access. */
@Component
public class Timelines {

  private final AuditEvents events;
  private final Cursors cursors;

  Timelines(AuditEvents events, Cursors cursors) {
    this.events = events;
    this.cursors = cursors;
  }

  /**
   * One page, newest first, of the events of a credential and of rotations.
   *
   * @param rotations those that made the credential or replaced it
   */
  public Slice<AuditEvent> page(UUID credential, Set<UUID> rotations, PageQuery paging) {
    PageRequest page = cursors.page(paging, List.of("timeline", credential));
    List<AuditEvent> found = events.timeline(credential, rotations, page.after(), page.rows());
    return page.slice(found, AuditEvent::cursor);
  }
}
