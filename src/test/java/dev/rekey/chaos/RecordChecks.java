package dev.rekey.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.run.Control;
import dev.rekey.run.Control.Mint;
import dev.rekey.run.PostgresServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compares Rekey's records with the real state of the sandbox. */
final class RecordChecks {

  private static final Pattern TAG = Pattern.compile("\\[rekey:([0-9a-f-]{36})]");

  private final PostgresServer postgres;
  private final Control control;

  RecordChecks(PostgresServer postgres, Control control) {
    this.postgres = postgres;
    this.control = control;
  }

  /** Asserts what is true at any time. */
  void assertEveryMintIsRecorded() {
    List<Mint> mints = control.minted();
    List<String> tags =
        mints.stream()
            .filter(RecordChecks::isKeycard)
            .map(mint -> attemptIn(mint.description()))
            .toList();
    assertThat(tags).as("attempts that minted").doesNotHaveDuplicates();
    assertThat(column("select id::text from rotation_attempt")).containsAll(tags);
    mints.stream()
        .filter(mint -> !isKeycard(mint))
        .collect(Collectors.groupingBy(Mint::subject, Collectors.counting()))
        .forEach(
            (subject, count) -> assertThat(count).as(subject).isLessThanOrEqualTo(sent(subject)));
    assertThat(
            column(
                "select id::text from rotation_attempt a where not exists ("
                    + "select from audit_event e where e.rotation_id = a.rotation_id"
                    + " and e.type = 'rotation.requested')"))
        .as("attempts without a requested event")
        .isEmpty();
  }

  /** Asserts what is also true once everything is reconciled. */
  void assertSettled() {
    assertEveryMintIsRecorded();
    List<String> succeeded =
        column(
            "select c.upstream_id from credential c join rotation r on r.id = c.rotation_id"
                + " where r.state = 'SUCCEEDED'");
    List<String> live = control.live();
    assertThat(control.minted().stream().filter(RecordChecks::isKeycard).map(Mint::credentialId))
        .as("live credentials of Keycard")
        .filteredOn(live::contains)
        .allMatch(succeeded::contains);
    for (String table : List.of("rotation", "rotation_attempt", "credential_change")) {
      assertThat(column("select id::text from " + table + " where state = 'PENDING'"))
          .as(table)
          .isEmpty();
    }
    assertThat(
            column(
                """
                select r.id || ' ' || r.state from rotation r where not exists (
                  select from audit_event e where e.rotation_id = r.id
                    and e.type = 'rotation.' || replace(lower(r.state), '_', '-'))
                """))
        .as("rotations without an event for their state")
        .isEmpty();
    assertThat(
            column(
                """
                select r.id::text from rotation r join rotation_attempt a on a.rotation_id = r.id
                where a.number = (select max(number) from rotation_attempt
                    where rotation_id = r.id) and a.state <> r.state
                """))
        .as("rotations with another state than their last attempt")
        .isEmpty();
  }

  private long sent(String subject) {
    return Long.parseLong(
        column(
                "select count(*)::text from rotation r"
                    + " join rotation_attempt a on a.rotation_id = r.id where r.subject = ?",
                subject)
            .getFirst());
  }

  static boolean isKeycard(Mint mint) {
    return mint.upstream().equals(Target.KEYCARD.upstream());
  }

  /** The attempt in the tag of a description, or a text that says that there is none. */
  static String attemptIn(String description) {
    Matcher tag = TAG.matcher(description);
    return tag.find() ? tag.group(1) : "no attempt named in: " + description;
  }

  /** The rotation of a request; null if there is none. */
  @Nullable String rotationOf(String requestId) {
    List<String> ids = column("select id::text from rotation where request_id = ?", requestId);
    assertThat(ids).hasSizeLessThan(2);
    return ids.isEmpty() ? null : ids.getFirst();
  }

  /** The state of a request's rotation; null if there is none. */
  @Nullable String stateOf(String requestId) {
    List<String> states = column("select state from rotation where request_id = ?", requestId);
    return states.isEmpty() ? null : states.getFirst();
  }

  /** The types of a rotation's events, oldest first. */
  List<String> events(String rotation) {
    return column(
        "select type from audit_event where rotation_id = ?::uuid order by occurred_at, id",
        rotation);
  }

  /** The states of a rotation and of each of its attempts. */
  String states(String rotation) {
    return String.join(
        " · ",
        column(
            """
            select state from rotation where id = ?::uuid
            union all
            (select state from rotation_attempt where rotation_id = ?::uuid order by number)
            """,
            rotation,
            rotation));
  }

  /** Whether Rekey has recorded that the response with the secret was written. */
  boolean isDelivered(String rotation) {
    return !column(
            "select id::text from rotation where id = ?::uuid and delivered_at is not null",
            rotation)
        .isEmpty();
  }

  /** Whether a credential is retired, and its retirement is recorded as done. */
  boolean isRetired(String upstreamId) {
    return !column(
            "select c.id::text from credential c join retirement t on t.credential_id = c.id"
                + " where c.upstream_id = ? and c.status = 'RETIRED' and t.done_at is not null",
            upstreamId)
        .isEmpty();
  }

  /** The first column of a query's rows. Fails on null. */
  List<String> column(String sql, Object... parameters) {
    try (Connection connection = postgres.connectAsSuperuser();
        PreparedStatement statement = prepare(connection, sql, parameters);
        var rows = statement.executeQuery()) {
      var values = new ArrayList<String>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Changes rows as a superuser, to move time. */
  void execute(String sql) {
    try (Connection connection = postgres.connectAsSuperuser();
        PreparedStatement statement = prepare(connection, sql)) {
      statement.execute();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static PreparedStatement prepare(Connection connection, String sql, Object... parameters)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }
}
