package dev.rekey.rotation;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.query.Cursor;
import dev.rekey.platform.query.Slice;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.rotation.Rotations.Filter;
import dev.rekey.upstream.Upstreams;
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

/** Lists and shows rotations. */
@RestController
@RequestMapping(path = "/api/v1/rotations", produces = MediaType.APPLICATION_JSON_VALUE)
class RotationController {

  private static final Pattern TEXT = Pattern.compile("\\P{Cntrl}{1,600}");

  private final Rotations rotations;
  private final RotationDecisions decisions;
  private final Access access;
  private final Upstreams upstreams;

  RotationController(
      Rotations rotations, RotationDecisions decisions, Access access, Upstreams upstreams) {
    this.rotations = rotations;
    this.decisions = decisions;
    this.access = access;
    this.upstreams = upstreams;
  }

  @GetMapping
  ResponseEntity<Slice<RotationView>> list(
      Caller caller,
      @RequestParam(name = "state", required = false) @Nullable MutationState state,
      @RequestParam(name = "subject", required = false) @Nullable String subject,
      @RequestParam(name = "team", required = false) @Nullable String team,
      @RequestParam(name = "from", required = false) @Nullable Instant from,
      @RequestParam(name = "to", required = false) @Nullable Instant to,
      @RequestParam(name = "limit", required = false) @Nullable Integer limit,
      @RequestParam(name = "cursor", required = false) @Nullable String cursor) {
    var filter =
        new Filter(
            state,
            upstreams.canonical(text("subject", subject)),
            text("team", team),
            time(from),
            time(to));
    var after = cursor == null ? null : Cursor.decode(cursor, filter.parts());
    return rotations.find(filter, access.visibleTo(caller), after, Slice.limit(limit)).response();
  }

  @GetMapping("/{id}")
  RotationView get(Caller caller, @PathVariable(name = "id") UUID id) {
    return rotations.view(decisions.visible(caller, id).rotation());
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
