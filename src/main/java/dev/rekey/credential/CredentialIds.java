package dev.rekey.credential;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.platform.DatabaseOutage;
import dev.rekey.platform.PathId;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.BoundedQueries.Planning;
import dev.rekey.platform.query.Conditions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Tells callers that they have mistaken one of a credential's two ids for the other: Rekey's own,
 * and the one at its upstream. Names only credentials that the caller may see.
 */
@Component
public class CredentialIds {

  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final int MOST = 3;

  private final CredentialRepository rows;
  private final JdbcClient jdbc;
  private final BoundedQueries queries;
  private final Access access;

  CredentialIds(CredentialRepository rows, JdbcClient jdbc, BoundedQueries queries, Access access) {
    this.rows = rows;
    this.jdbc = jdbc;
    this.queries = queries;
    this.access = access;
  }

  /**
   * Throws a {@code not-found} problem if an id that should be an upstream's is Rekey's. Does
   * nothing if the database does not respond.
   */
  public void requireUpstreamId(Caller caller, PathId id) {
    parse(id.value())
        .flatMap(this::find)
        .filter(known -> isVisible(caller, known.subject().name()))
        .ifPresent(
            known -> {
              throw ProblemType.NOT_FOUND
                  .with(
                      "The id in the path is Rekey's id of a credential of %s. This route takes its"
                              .formatted(known.subject())
                          + " id at %s, which is %s."
                              .formatted(known.subject().upstream(), known.upstreamId()))
                  .member("upstreamId", known.upstreamId().value());
            });
  }

  private Optional<Credential> find(UUID id) {
    return unlessDown(() -> rows.findById(id));
  }

  private static <T> Optional<T> unlessDown(Supplier<Optional<T>> read) {
    try {
      return read.get();
    } catch (RuntimeException e) {
      if (DatabaseOutage.caused(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Reads Rekey's id of a credential. Throws an {@code invalid-parameter} problem for any other
   * text; it names Rekey's id if the text is an upstream's.
   */
  UUID requireOwnId(Caller caller, String text) {
    return parse(text).orElseThrow(() -> notAnId(caller, text));
  }

  /** The text that a {@code not-found} problem adds if the id is an upstream's; otherwise empty. */
  String hint(Caller caller, String text) {
    List<String> own = PathId.isValid(text) ? ownIds(caller, text) : List.of();
    return own.isEmpty()
        ? ""
        : " The id in the path is the one at the upstream; Rekey's id is "
            + String.join(" or ", own)
            + ".";
  }

  private ProblemException notAnId(Caller caller, String text) {
    return ProblemType.INVALID_PARAMETER.with(
        "credentialId has to be a UUID." + hint(caller, text));
  }

  private record Known(UUID id, String subject) {}

  private List<String> ownIds(Caller caller, String upstreamId) {
    var where =
        new Conditions()
            // The first condition has an index.
            .and("search_text like :like", "like", "%" + like(upstreamId) + "%")
            .and("upstream_id = :id", "id", upstreamId);
    access.visibleTo(caller).addTo(where, "subject", "visible");
    String sql = "select id, subject from credential where " + where.sql() + " limit " + MOST;
    return unlessDown(
            () ->
                queries.tryRead(
                    Planning.FOR_VALUES,
                    LIMIT,
                    () ->
                        jdbc.sql(sql)
                            .params(where.params())
                            .query(
                                (row, _) ->
                                    new Known(
                                        row.getObject("id", UUID.class), row.getString("subject")))
                            .list()))
        .orElse(List.of())
        .stream()
        .map(known -> known.id() + " (" + known.subject() + ")")
        .toList();
  }

  private static String like(String id) {
    return id.toLowerCase(Locale.ROOT).replaceAll("[_%\\\\]", "\\\\$0");
  }

  private boolean isVisible(Caller caller, String subject) {
    return access.visibleTo(caller).includes(subject);
  }

  private static Optional<UUID> parse(String text) {
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
