package dev.rekey.credential;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.Visibility;
import dev.rekey.platform.Values;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.query.SqlPart;
import dev.rekey.platform.web.Revalidated;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Counts the credentials of each team that need attention. */
@RestController
@RequestMapping(path = "/api/v1/summary/teams", produces = MediaType.APPLICATION_JSON_VALUE)
public class TeamSummaryController {

  private static final String ADVICE = "Ask for fewer teams with the parameter team.";

  private final JdbcClient jdbc;
  private final BoundedQueries queries;
  private final Access access;
  private final Clock clock;

  TeamSummaryController(JdbcClient jdbc, BoundedQueries queries, Access access, Clock clock) {
    this.jdbc = jdbc;
    this.queries = queries;
    this.access = access;
    this.clock = clock;
  }

  /** The counts of all teams. */
  public record TeamSummary(List<TeamCounts> teams) {}

  @GetMapping
  @Revalidated
  public TeamSummary get(
      Caller caller, @RequestParam(name = "team", required = false) @Nullable Values team) {
    List<String> wanted = QueryText.names("team", team);
    List<String> teams =
        access.teamsKnownTo(caller).stream()
            .filter(known -> wanted.isEmpty() || wanted.contains(known))
            .toList();
    Visibility visible = access.visibleTo(caller);
    Instant now = clock.instant();
    return new TeamSummary(
        queries.readWithin(ADVICE, limitNext -> count(teams, visible, now, limitNext)));
  }

  private List<TeamCounts> count(
      List<String> teams, Visibility visible, Instant now, Runnable limitNext) {
    var counts = new ArrayList<TeamCounts>();
    for (String team : teams) {
      limitNext.run();
      SqlPart sql = CredentialCounts.sql(List.of(visible, access.grantedTo(team)), now);
      counts.add(
          jdbc.sql(sql.sql())
              .params(sql.params())
              .query((row, _) -> TeamCounts.of(team, CredentialCounts.read(row)))
              .single());
    }
    return counts;
  }
}
