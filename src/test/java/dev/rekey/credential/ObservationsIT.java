package dev.rekey.credential;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.Subject;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class ObservationsIT extends RekeyIT {

  private static final Subject SUBJECT =
      Subject.of("keycard", "organizations/acme/service-accounts/checkout");

  @Autowired private Observations observations;

  @Test
  void subjectMayHaveMoreCredentialsThanAStatementHasParameters() {
    PathId minted = PathId.of(as("payments").post(CHECKOUT, json("name", "many")).text("/id"));
    List<PathId> ids =
        Stream.concat(
                Stream.of(minted),
                IntStream.range(0, 70_000).mapToObj(i -> PathId.of("other-" + i)))
            .toList();

    assertThat(observations.present(SUBJECT, ids))
        .hasSameSizeAs(observations.present(SUBJECT, List.of()))
        .extracting(Credential::upstreamId)
        .contains(minted);
  }
}
