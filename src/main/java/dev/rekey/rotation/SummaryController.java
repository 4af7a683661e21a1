package dev.rekey.rotation;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.platform.query.QueryText;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows the summary of the subjects that a caller may see. */
@RestController
@RequestMapping(path = "/api/v1/summary", produces = MediaType.APPLICATION_JSON_VALUE)
class SummaryController {

  private final Summaries summaries;
  private final Access access;
  private final Clock clock;

  SummaryController(Summaries summaries, Access access, Clock clock) {
    this.summaries = summaries;
    this.access = access;
    this.clock = clock;
  }

  @GetMapping
  Summaries.Summary get(
      Caller caller, @RequestParam(name = "timeZone", required = false) @Nullable String timeZone) {
    ZoneId zone = QueryText.zone("timeZone", timeZone);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Instant today = LocalDate.ofInstant(now, zone).atStartOfDay(zone).toInstant();
    return summaries.count(access.visibleTo(caller), now, today);
  }
}
