package dev.rekey.rotation;

import static dev.rekey.run.Control.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.run.Http.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A decision that is not possible is refused with the decisions that are. */
class RefusedDecisionIT extends DecisionIT {

  @ParameterizedTest
  @CsvSource({
    "confirm, confirm, revert reissue",
    "revert, confirm, ''",
    "revert, revert, ''",
    "revert, reissue, ''",
    "reissue, confirm, ''",
    "reissue, revert, ''",
    "reissue, reissue, ''"
  })
  void anEarlierDecisionLimitsTheNextOnes(String earlier, String next, String possible) {
    Answer minted = rotate("{}");
    assertThat(decide(earlier, minted, "{}").status()).isIn(200, 201);

    Answer refused = decide(next, minted, "{}");

    assertRefused(refused, possible.isEmpty() ? new String[0] : possible.split(" "));
    assertThat(refused.header("Location")).isEqualTo(rotationPath(minted));
  }

  @ParameterizedTest
  @ValueSource(strings = {"confirm", "revert", "reissue"})
  void aRotationWithoutACredentialAllowsNoDecision(String action) {
    control().fault("conductorone", "rotate", "status", status(400));
    String rejected = as("payments").post(ROTATE, OKTA).text("/rotationId");

    Answer refused = as("payments").post("/api/v1/rotations/" + rejected + "/" + action, "{}");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/detail")).contains("REJECTED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"confirm", "revert"})
  void withoutAnOldCredentialOnlyAReissueIsPossible(String action) {
    assertRefused(decide(action, old, "{}"), "reissue");
  }

  @Test
  void anUnknownRotationIsNotFound() {
    Answer answer =
        as("payments").post("/api/v1/rotations/0197f0a0-0000-7000-8000-000000000000/confirm", "{}");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text("/type")).isEqualTo("/problems/not-found");
  }
}
