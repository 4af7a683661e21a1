package dev.rekey.credential;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.rekey.RekeyIT;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** The locks that changes of credentials take and wait for. */
class CredentialsIT extends RekeyIT {

  @Autowired private Credentials credentials;
  @Autowired private CredentialRepository rows;
  @Autowired private TransactionTemplate transaction;

  // The outbox relies on it: a commit that waits for a row would hold other events' locks.
  @Test
  void lockedSuccessorDoesNotDelayTheCommitOfAChange() {
    UUID old = mint("old");
    UUID successor = mint("successor");

    transaction.executeWithoutResult(
        _ -> {
          assertThat(rows.lock(successor)).isPresent();
          var change =
              CompletableFuture.runAsync(
                  () ->
                      transaction.executeWithoutResult(
                          _ -> credentials.markRetiring(old, successor)));
          assertThatCode(() -> change.get(3, TimeUnit.SECONDS)).doesNotThrowAnyException();
        });

    assertThat(rows.findById(old))
        .hasValueSatisfying(row -> assertThat(row.replacedBy()).isEqualTo(successor));
    transaction.executeWithoutResult(_ -> credentials.unretire(old));
  }

  private UUID mint(String name) {
    return UUID.fromString(
        String.valueOf(
            as("payments").post(CHECKOUT, json("name", name)).header("Rekey-Credential-Id")));
  }
}
