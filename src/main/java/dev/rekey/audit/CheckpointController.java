package dev.rekey.audit;

import dev.rekey.audit.chain.Checkpoint;
import dev.rekey.audit.chain.Checkpoints;
import dev.rekey.platform.Answers;
import dev.rekey.platform.Cursor;
import dev.rekey.platform.Paging;
import dev.rekey.platform.ProblemType;
import dev.rekey.platform.Slice;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
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
@Tag(name = "Audit")
@Answers(ProblemType.RECORD_UNAVAILABLE)
class CheckpointController {

  private static final List<String> ASKED = List.of("audit-checkpoints");

  private final Checkpoints checkpoints;

  CheckpointController(Checkpoints checkpoints) {
    this.checkpoints = checkpoints;
  }

  @GetMapping
  @Operation(
      operationId = "listAuditCheckpoints",
      summary = "List the signed heads of the chain",
      description =
          "Newest first; there is one for every minute. Whoever keeps a copy elsewhere can prove"
              + " later that nothing that came before was changed.")
  ResponseEntity<Slice<Checkpoint>> list(
      @RequestParam(name = "limit", required = false) @Paging.Limit @Nullable Integer limit,
      @RequestParam(name = "cursor", required = false) @Paging.Next @Nullable String cursor) {
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
