package dev.rekey.audit;

import dev.rekey.audit.chain.Checkpoint;
import dev.rekey.audit.chain.Checkpoints;
import dev.rekey.platform.query.Cursor;
import dev.rekey.platform.query.Cursors;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.platform.query.Cursors.PageRequest;
import dev.rekey.platform.query.Slice;
import dev.rekey.platform.web.Revalidated;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Returns the signed heads of the chain, for storage outside Rekey's database. */
@RestController
@RequestMapping(path = "/api/v1/audit-checkpoints", produces = MediaType.APPLICATION_JSON_VALUE)
public class CheckpointController {

  private final Checkpoints checkpoints;
  private final Cursors cursors;

  CheckpointController(Checkpoints checkpoints, Cursors cursors) {
    this.checkpoints = checkpoints;
    this.cursors = cursors;
  }

  @GetMapping
  @Revalidated
  public ResponseEntity<Slice<Checkpoint>> list(@ModelAttribute PageQuery paging) {
    PageRequest page = cursors.page(paging, List.of("audit-checkpoints"));
    return page.slice(
            checkpoints.find(page.after(), page.rows()),
            checkpoint -> new Cursor(checkpoint.takenAt(), checkpoint.id()))
        .response();
  }
}
