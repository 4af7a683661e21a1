package dev.rekey.platform.problem;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpStatus;

class ProblemExceptionTest {

  @Test
  void responseHasTheCataloguesStatusAndNoStackTrace() {
    ProblemException problem =
        ProblemType.NO_GRANT.with("Ask for one.").member("subject", "s").header("a", "b");

    assertThat(problem.getStatusCode()).isEqualTo(HttpStatus.FORBIDDEN);
    assertThat(problem.getBody().getType()).hasToString("/problems/no-grant");
    assertThat(problem.getBody().getTitle()).isEqualTo(ProblemType.NO_GRANT.title());
    assertThat(problem.getBody().getProperties()).containsEntry("subject", "s");
    assertThat(problem.getHeaders().getFirst("a")).isEqualTo("b");
    assertThat(problem).hasMessage("no-grant: Ask for one.");
    assertThat(problem.getStackTrace()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"400, 3", "404, 5", "409, 6", "422, 3", "502, 9"})
  void refusalOfAnUpstreamHasTheGrpcCodeOfItsStatus(int status, int code) {
    ProblemException problem =
        ProblemType.UPSTREAM_REFUSED.with("Refused.").status(HttpStatus.valueOf(status));

    assertThat(problem.getStatusCode().value()).isEqualTo(status);
    assertThat(problem.getBody().getStatus()).isEqualTo(status);
    assertThat(problem.grpcCode()).isEqualTo(code);
  }
}
