package dev.rekey.rotation;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import dev.rekey.access.Visibility;
import dev.rekey.platform.query.Cursor;
import dev.rekey.platform.query.Slice;
import dev.rekey.platform.query.SqlTime;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Sort;
import org.springframework.data.jpa.domain.Specification;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Reads rotations, with how they stand. */
@Component
class Rotations {

  private static final Sort NEWEST_FIRST = Sort.by(Sort.Direction.DESC, "requestedAt", "id");

  private final RotationRepository rows;
  private final RotationStatuses standings;
  private final JdbcClient jdbc;

  Rotations(RotationRepository rows, RotationStatuses standings, JdbcClient jdbc) {
    this.rows = rows;
    this.standings = standings;
    this.jdbc = jdbc;
  }

  /**
   * What a search is for; every part that is null leaves all through.
   *
   * @param from the earliest request, inclusive
   * @param to the latest one, exclusive
   */
  record Filter(
      @Nullable MutationState state,
      @Nullable String subject,
      @Nullable String team,
      @Nullable Instant from,
      @Nullable Instant to) {

    /** What tells a search for it from every other list, as for {@link Cursor#encode}. */
    List<@Nullable Object> parts() {
      return Arrays.asList("rotations", state, subject, team, from, to);
    }
  }

  @Transactional(readOnly = true)
  RotationView view(UUID id) {
    return views(rows.findBy(is("id", id), query -> query.all())).getFirst();
  }

  /** One page, newest first. */
  @Transactional(readOnly = true)
  Slice<RotationView> find(
      Filter filter, Visibility visibility, @Nullable Cursor after, int limit) {
    var wanted =
        Specification.allOf(
            visibility.<Rotation>rows(),
            is("state", filter.state()),
            is("subject", filter.subject()),
            is("actorTeam", filter.team()),
            requestedWithin(filter),
            after == null ? Specification.unrestricted() : after.following("requestedAt"));
    List<Rotation> found =
        rows.findBy(wanted, query -> query.sortBy(NEWEST_FIRST).limit(limit + 1).all());
    Slice<Rotation> page = Slice.of(found, limit, Rotation::place, filter.parts());
    return new Slice<>(views(page.items()), page.nextCursor());
  }

  private List<RotationView> views(List<Rotation> rotations) {
    List<UUID> ids = rotations.stream().map(Rotation::id).toList();
    Map<UUID, RotationStatus> standing = standings.find(ids);
    Map<UUID, List<RotationView.Retirement>> retirements = retirements(ids);
    return rotations.stream()
        .map(
            rotation ->
                rotation.view(
                    Objects.requireNonNull(standing.get(rotation.id())),
                    retirements.getOrDefault(rotation.id(), List.of())))
        .toList();
  }

  private Map<UUID, List<RotationView.Retirement>> retirements(List<UUID> rotations) {
    return jdbc
        .sql(
            "select * from retirement where rotation_id = any (:ids) order by due_at, credential_id")
        .param("ids", rotations.toArray(UUID[]::new))
        .query((row, _) -> Map.entry(row.getObject("rotation_id", UUID.class), retirement(row)))
        .list()
        .stream()
        .collect(groupingBy(Map.Entry::getKey, mapping(Map.Entry::getValue, toList())));
  }

  private static RotationView.Retirement retirement(ResultSet row) throws SQLException {
    return new RotationView.Retirement(
        row.getObject("credential_id", UUID.class),
        row.getObject("due_at", OffsetDateTime.class).toInstant(),
        SqlTime.instant(row.getObject("done_at", OffsetDateTime.class)),
        row.getInt("tries"),
        row.getString("last_failure"));
  }

  private static Specification<Rotation> is(String field, @Nullable Object value) {
    return value == null
        ? Specification.unrestricted()
        : (rotation, _, build) -> build.equal(rotation.get(field), value);
  }

  private static Specification<Rotation> requestedWithin(Filter filter) {
    Instant from = filter.from();
    Instant to = filter.to();
    return (rotation, _, build) ->
        build.and(
            from == null
                ? build.conjunction()
                : build.greaterThanOrEqualTo(rotation.get("requestedAt"), from),
            to == null ? build.conjunction() : build.lessThan(rotation.get("requestedAt"), to));
  }
}
