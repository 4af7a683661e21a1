package dev.rekey.console;

import dev.rekey.access.Caller;
import dev.rekey.credential.InventoryController.InventoryQuery;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.problem.VisibleText;
import dev.rekey.platform.query.SqlTime;
import java.lang.reflect.RecordComponent;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The searches of the inventory that people have saved. Nobody sees those of another person. */
@Component
@ConditionalOnBooleanProperty("rekey.console.enabled")
class SavedViews {

  /** How many a person can have. */
  static final int MAX = 50;

  private static final int LOCK = 0x52536176;
  private static final int MAX_NAME = 60;
  private static final int MAX_QUERY = 2_000;

  /** The characters of a URL's query. */
  private static final Pattern QUERY =
      Pattern.compile("(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]++|%[0-9A-Fa-f]{2})*+");

  private static final List<String> PARAMETERS =
      Arrays.stream(InventoryQuery.class.getRecordComponents())
          .map(RecordComponent::getName)
          .toList();

  private final JdbcClient jdbc;
  private final Clock clock;

  SavedViews(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** The caller's own, by name. */
  @Transactional(readOnly = true)
  List<SavedView> of(Caller caller) {
    return jdbc.sql("select name, query from console_view where owner = :owner order by name")
        .param("owner", caller.id())
        .query((row, _) -> new SavedView(row.getString("name"), row.getString("query")))
        .list();
  }

  /**
   * Saves a search under a name, in the place of another one with this name. Keeps the filters and
   * the order of the query only. Throws a problem if the name or the query cannot be saved, or if
   * the caller has too many.
   */
  @Transactional
  SavedView save(Caller caller, String name, String query) {
    var view =
        new SavedView(VisibleText.required("name", MAX_NAME, name.strip()), checkedQuery(query));
    jdbc.sql("select pg_advisory_xact_lock(:lock, hashtext(:owner))")
        .param("lock", LOCK)
        .param("owner", caller.id())
        .query(row -> {});
    if (of(caller).stream().filter(each -> !each.name().equals(view.name())).count() >= MAX) {
      throw ProblemType.WRONG_STATE.with(
          "You have " + MAX + " saved views. Delete one before you save another.");
    }
    jdbc.sql(
            """
            insert into console_view (owner, name, query, saved_at)
            values (:owner, :name, :query, :now)
            on conflict (owner, name)
            do update set query = excluded.query, saved_at = excluded.saved_at
            """)
        .param("owner", caller.id())
        .param("name", view.name())
        .param("query", view.query())
        .param("now", SqlTime.of(clock.instant()))
        .update();
    return view;
  }

  /** Deletes the caller's view of this name, if there is one. */
  @Transactional
  void delete(Caller caller, String name) {
    jdbc.sql("delete from console_view where owner = :owner and name = :name")
        .param("owner", caller.id())
        .param("name", name)
        .update();
  }

  private static String checkedQuery(String query) {
    if (query.length() > MAX_QUERY) {
      throw invalid("The search is too long to be saved: at most " + MAX_QUERY + " characters.");
    }
    if (!QUERY.matcher(query).matches()) {
      throw invalid("The query of a view has to be percent-encoded.");
    }
    return PageUrl.only(PARAMETERS, query);
  }

  private static ProblemException invalid(String detail) {
    return ProblemType.INVALID_REQUEST.with(detail);
  }
}
