package dev.rekey.audit.aggregate;

import dev.rekey.audit.HistoryVersion;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.web.Revalidated.ContentVersion;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The version of the history, for counts of events. Rotations have none. */
@Component
class CountsVersion implements ContentVersion {

  private final HistoryVersion history;

  CountsVersion(HistoryVersion history) {
    this.history = history;
  }

  @Override
  public Optional<String> of(HttpServletRequest request) {
    String series = request.getParameter("series");
    return QueryText.oneOf("series", series, Countable.values()) == Countable.ROTATIONS
        ? Optional.empty()
        : history.of(request);
  }
}
