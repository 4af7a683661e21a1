package dev.rekey.console;

import static dev.rekey.console.Responses.body;

import dev.rekey.audit.AuditEvents;
import dev.rekey.audit.CheckpointController;
import dev.rekey.audit.chain.Checkpoint;
import dev.rekey.audit.chain.SealerLag;
import dev.rekey.console.login.ConsoleProperties;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.platform.query.Slice;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;

/** How far the history is sealed and signed, and how to verify it. */
@ConsolePage
class IntegrityPage {

  private static final String PATH = "/console/integrity";

  private final CheckpointController checkpoints;
  private final AuditEvents events;
  private final SealerLag lag;
  private final ConsoleProperties properties;

  IntegrityPage(
      CheckpointController checkpoints,
      AuditEvents events,
      SealerLag lag,
      ConsoleProperties properties) {
    this.properties = properties;
    this.checkpoints = checkpoints;
    this.events = events;
    this.lag = lag;
  }

  @GetMapping(PATH)
  @StandsOn("GET /api/v1/audit-checkpoints")
  String show(@ModelAttribute PageQuery paging, Model page, HttpServletRequest request) {
    Slice<Checkpoint> found = body(checkpoints.list(paging));
    page.addAttribute("checkpoints", found.items());
    page.addAttribute("newest", newest(paging, found).items().stream().findFirst().orElse(null));
    page.addAttribute(
        "next",
        found.nextCursor() == null
            ? null
            : Link.to(PATH, request).with("cursor", found.nextCursor()).url());
    page.addAttribute("head", events.head());
    page.addAttribute("lag", lag.latest().orElse(null));
    page.addAttribute("url", properties.baseUrl());
    return "console/integrity";
  }

  private Slice<Checkpoint> newest(PageQuery paging, Slice<Checkpoint> found) {
    return paging.cursor() == null ? found : body(checkpoints.list(new PageQuery(1, null)));
  }
}
