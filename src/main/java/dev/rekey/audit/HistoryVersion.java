package dev.rekey.audit;

import dev.rekey.access.Access;
import dev.rekey.access.CallerArgument;
import dev.rekey.audit.chain.HistoryState;
import dev.rekey.platform.query.Cursors;
import dev.rekey.platform.web.Revalidated.ContentVersion;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The version of the history that a caller sees. */
@Component
public class HistoryVersion implements ContentVersion {

  /**
   * Without {@code from} or {@code to}, a response covers another time at most this often. Time
   * zones whose offset is no multiple of it are not covered.
   */
  public static final Duration PERIOD = Duration.ofMinutes(5);

  private final HistoryState history;
  private final CallerArgument callers;
  private final Access access;
  private final Cursors cursors;
  private final Clock clock;

  HistoryVersion(
      HistoryState history, CallerArgument callers, Access access, Cursors cursors, Clock clock) {
    this.history = history;
    this.callers = callers;
    this.access = access;
    this.cursors = cursors;
    this.clock = clock;
  }

  @Override
  public Optional<String> of(HttpServletRequest request) {
    return history.now().map(state -> version(state, request));
  }

  @Override
  public Optional<String> ofThisSecond(HttpServletRequest request) {
    return history.thisSecond().map(state -> version(state, request));
  }

  private String version(String state, HttpServletRequest request) {
    return String.join(
        "\n",
        state,
        access.visibleTo(callers.current(request)).toString(),
        cursors.keyHash(),
        period(request));
  }

  private String period(HttpServletRequest request) {
    boolean isFixed = request.getParameter("from") != null && request.getParameter("to") != null;
    return isFixed ? "" : Long.toString(clock.instant().getEpochSecond() / PERIOD.toSeconds());
  }
}
