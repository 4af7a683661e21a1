package dev.rekey.rotation;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.web.Revalidated;
import dev.rekey.rotation.Summaries.Summary;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows the summary of the subjects that a caller may see. */
@RestController
@RequestMapping(path = "/api/v1/summary", produces = MediaType.APPLICATION_JSON_VALUE)
public class SummaryController {

  private final Summaries summaries;
  private final Access access;
  private final Clock clock;

  SummaryController(Summaries summaries, Access access, Clock clock) {
    this.summaries = summaries;
    this.access = access;
    this.clock = clock;
  }

  @GetMapping
  @Revalidated
  public ResponseEntity<Summary> get(
      Caller caller,
      @RequestParam(name = "timeZone", required = false) @Nullable String timeZone,
      @RequestHeader(name = HttpHeaders.CACHE_CONTROL, required = false)
          @Nullable String cacheControl) {
    ZoneId zone = QueryText.zone("timeZone", timeZone);
    Instant today = LocalDate.now(clock.withZone(zone)).atStartOfDay(zone).toInstant();
    return summaries.response(access.visibleTo(caller), today, cacheControl);
  }
}
