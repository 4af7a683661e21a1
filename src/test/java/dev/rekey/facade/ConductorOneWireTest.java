package dev.rekey.facade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekey.facade.ConductorOneWire.RotateRequest;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConductorOneWireTest {

  @ParameterizedTest
  @CsvSource({"crm, okta, , ", ", , crm, okta", "crm, , , okta", ", okta, crm, "})
  void eachIdMayHaveEitherSpelling(
      @Nullable String appId,
      @Nullable String connectorId,
      @Nullable String snakeAppId,
      @Nullable String snakeConnectorId) {
    var request = new RotateRequest(appId, connectorId, snakeAppId, snakeConnectorId);

    assertThat(request.connector().name()).isEqualTo("apps/crm/connectors/okta");
  }

  @Test
  void anIdInBothSpellingsIsRefused() {
    assertThat(problemOf(new RotateRequest("crm", "okta", "crm", null)).type())
        .isEqualTo(ProblemType.INVALID_REQUEST);
  }

  @Test
  void aMissingOrEmptyIdIsRefused() {
    assertThat(problemOf(new RotateRequest(null, "okta", null, null)).getBody().getDetail())
        .isEqualTo("appId is required.");
    assertThat(problemOf(new RotateRequest("crm", "", null, null)).getBody().getDetail())
        .isEqualTo("connectorId is required.");
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "..", "a/b", "a b", "é"})
  void anIdThatCouldChangeThePathIsRefused(String id) {
    assertThat(problemOf(new RotateRequest("crm", id, null, null)).type())
        .isEqualTo(ProblemType.INVALID_ID);
  }

  private static ProblemException problemOf(RotateRequest request) {
    return catchThrowableOfType(ProblemException.class, request::connector);
  }
}
