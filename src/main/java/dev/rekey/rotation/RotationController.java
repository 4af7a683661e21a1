package dev.rekey.rotation;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.platform.Answers;
import dev.rekey.platform.Cursor;
import dev.rekey.platform.Paging;
import dev.rekey.platform.ProblemType;
import dev.rekey.platform.Slice;
import dev.rekey.platform.SqlTime;
import dev.rekey.rotation.Rotations.Filter;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows rotations. */
@RestController
@RequestMapping(path = "/api/v1/rotations", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Rotations", description = "Every wish for a new credential, and what came of it.")
@Answers(ProblemType.RECORD_UNAVAILABLE)
class RotationController {

  private static final Pattern TEXT = Pattern.compile("\\P{Cntrl}{1,600}");

  private final Rotations rotations;
  private final Overlaps overlaps;
  private final Access access;

  RotationController(Rotations rotations, Overlaps overlaps, Access access) {
    this.rotations = rotations;
    this.overlaps = overlaps;
    this.access = access;
  }

  @GetMapping
  @Operation(
      operationId = "listRotations",
      summary = "List rotations",
      description =
          "Those of the subjects that you may see, newest first. state=UNKNOWN is what operators"
              + " have to look at.")
  ResponseEntity<Slice<RotationView>> list(
      Caller caller,
      @RequestParam(name = "state", required = false)
          @Parameter(description = "Only those that stand so.", example = "UNKNOWN")
          @Nullable MutationState state,
      @RequestParam(name = "subject", required = false)
          @Parameter(
              description = "Only those of exactly this subject.",
              example = "apps/crm/connectors/okta")
          @Nullable String subject,
      @RequestParam(name = "team", required = false)
          @Parameter(
              description = "Only those that this team's grant allowed.",
              example = "payments")
          @Nullable String team,
      @RequestParam(name = "from", required = false)
          @Parameter(
              description = "The earliest request, inclusive.",
              example = "2026-01-31T00:00:00Z")
          @Nullable Instant from,
      @RequestParam(name = "to", required = false)
          @Parameter(
              description = "The latest request, exclusive.",
              example = "2026-02-01T00:00:00Z")
          @Nullable Instant to,
      @RequestParam(name = "limit", required = false) @Paging.Limit @Nullable Integer limit,
      @RequestParam(name = "cursor", required = false) @Paging.Next @Nullable String cursor) {
    var filter =
        new Filter(state, text("subject", subject), text("team", team), time(from), time(to));
    var after = cursor == null ? null : Cursor.decode(cursor, filter.parts());
    return rotations.find(filter, access.visibleTo(caller), after, Slice.limit(limit)).response();
  }

  @GetMapping("/{id}")
  @Answers(ProblemType.NOT_FOUND)
  @Operation(
      operationId = "getRotation",
      summary = "Get one rotation",
      description = "One that you may not see answers like one that does not exist.")
  RotationView get(
      Caller caller,
      @PathVariable(name = "id")
          @Parameter(
              description = "The Rekey-Rotation-Id.",
              example = "019aa8a5-9c41-7b52-9e03-6c2d8f4a1b70")
          UUID id) {
    return rotations.view(overlaps.found(caller, id).rotation());
  }

  private static @Nullable String text(String name, @Nullable String value) {
    if (value != null && !TEXT.matcher(value).matches()) {
      throw ProblemType.INVALID_PARAMETER
          .with(name + " has to be 1 to 600 characters, none of them a control character.")
          .exception();
    }
    return value;
  }

  private static @Nullable Instant time(@Nullable Instant time) {
    if (time != null && !SqlTime.isInRange(time)) {
      throw ProblemType.INVALID_PARAMETER
          .with("from and to have to lie in the years 1970 to 9999.")
          .exception();
    }
    return time;
  }
}
