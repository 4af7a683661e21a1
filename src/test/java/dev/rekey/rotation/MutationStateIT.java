package dev.rekey.rotation;

import static dev.rekey.run.Control.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rekey.RekeyIT;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MutationStateIT extends RekeyIT {

  @Test
  void theDatabaseAllowsTheSameTransitionsAsTheCode() {
    var inDatabase =
        query("select from_state, to_state from mutation_transition").stream()
            .map(row -> row.get("from_state") + " → " + row.get("to_state"))
            .collect(Collectors.toSet());

    var inCode =
        Arrays.stream(MutationState.values())
            .flatMap(from -> from.next().stream().map(to -> from + " → " + to))
            .collect(Collectors.toSet());

    assertThat(inDatabase).isEqualTo(inCode);
  }

  @Test
  void theDatabaseRefusesAnyOtherTransition() throws SQLException {
    String rotation = as("payments").post(ROTATE, OKTA).header("Rekey-Rotation-Id");

    try (var connection = postgres().connectAsSuperuser();
        var statement = connection.createStatement()) {
      assertThat(
              catchThrowable(
                  () ->
                      statement.execute(
                          "update rotation set state = 'UNKNOWN' where id = '" + rotation + "'")))
          .hasMessageContaining("cannot go from SUCCEEDED to UNKNOWN");
    }
  }

  @Test
  void theDatabaseRefusesToReopenAnAttempt() throws SQLException {
    control().fault("conductorone", "rotate", "status", status(400));
    String rotation = as("payments").post(ROTATE, OKTA).text("/rotationId");

    try (var connection = postgres().connectAsSuperuser();
        var statement = connection.createStatement()) {
      assertThat(
              catchThrowable(
                  () ->
                      statement.execute(
                          "update rotation_attempt set state = 'PENDING', closed_at = null"
                              + " where rotation_id = '"
                              + rotation
                              + "'")))
          .hasMessageContaining("cannot go from REJECTED to PENDING");
    }
  }
}
