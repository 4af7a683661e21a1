package dev.rekey.audit;

import dev.rekey.audit.chain.Checkpoint;
import dev.rekey.audit.chain.Checkpoints;
import dev.rekey.platform.query.Cursor;
import dev.rekey.platform.query.Slice;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Hands out the signed heads of the chain, to be kept where Rekey's database cannot reach them. */
@RestController
@RequestMapping(path = "/api/v1/audit-checkpoints", produces = MediaType.APPLICATION_JSON_VALUE)
class CheckpointController {

  private static final List<String> ASKED = List.of("audit-checkpoints");

  private final Checkpoints checkpoints;

  CheckpointController(Checkpoints checkpoints) {
    this.checkpoints = checkpoints;
  }

  @GetMapping
  ResponseEntity<Slice<Checkpoint>> list(
      @RequestParam(name = "limit", required = false) @Nullable Integer limit,
      @RequestParam(name = "cursor", required = false) @Nullable String cursor) {
    var after = cursor == null ? null : Cursor.decode(cursor, ASKED);
    int size = Slice.limit(limit);
    return Slice.of(
            checkpoints.find(after, size + 1),
            size,
            checkpoint -> new Cursor(checkpoint.takenAt(), checkpoint.id()),
            ASKED)
        .response();
  }
}
