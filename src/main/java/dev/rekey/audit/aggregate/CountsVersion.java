package dev.rekey.audit.aggregate;

import dev.rekey.audit.HistoryVersion;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.web.Revalidated.ContentVersion;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * The version of the history, for counts of events. Rotations have none, nor do buckets whose ends
 * are not those of {@link HistoryVersion#PERIOD}.
 */
@Component
class CountsVersion implements ContentVersion {

  private final HistoryVersion history;
  private final Clock clock;

  CountsVersion(HistoryVersion history, Clock clock) {
    this.history = history;
    this.clock = clock;
  }

  @Override
  public Optional<String> of(HttpServletRequest request) {
    return isCovered(request) ? history.of(request) : Optional.empty();
  }

  @Override
  public Optional<String> ofThisSecond(HttpServletRequest request) {
    return isCovered(request) ? history.ofThisSecond(request) : Optional.empty();
  }

  private boolean isCovered(HttpServletRequest request) {
    String series = request.getParameter("series");
    return QueryText.oneOf("series", series, Countable.values()) != Countable.ROTATIONS
        && endsWithPeriods(QueryText.zone("timeZone", request.getParameter("timeZone")));
  }

  private boolean endsWithPeriods(ZoneId zone) {
    int offset = zone.getRules().getOffset(clock.instant()).getTotalSeconds();
    return offset % HistoryVersion.PERIOD.toSeconds() == 0;
  }
}
