package dev.rekey.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.run.Http.Answer;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks real responses, and remembers which of those that the contract lists they are. */
final class Produced {

  private final ResponseCheck check;
  private final Contract contract;
  private final Set<String> produced = new ConcurrentSkipListSet<>();

  Produced(Contract contract) {
    this.contract = contract;
    this.check = new ResponseCheck(contract);
  }

  void add(Operation operation, Answer answer) {
    assertThat(check.violations(operation, answer))
        .as("%s: %s %s", operation.route(), answer.status(), answer.raw().body())
        .isEmpty();
    produced.add(name(operation, Integer.toString(answer.status()), ResponseCheck.problem(answer)));
  }

  /** Checks also that the response is the problem. */
  void add(Operation operation, String status, String problem, Answer answer) {
    assertThat(answer.status() + " " + ResponseCheck.problem(answer))
        .as("%s: %s", operation.route(), answer.raw().body())
        .isEqualTo(status + " " + problem);
    add(operation, answer);
  }

  /** What the contract lists and nothing produced: operation, status and problem. */
  Set<String> missing() {
    return contract.operations().stream()
        .flatMap(Produced::listed)
        .filter(response -> !produced.contains(response))
        .collect(Collectors.toSet());
  }

  private static Stream<String> listed(Operation operation) {
    return operation.responses().keySet().stream()
        .flatMap(
            status ->
                operation.problems(status).isEmpty()
                    ? Stream.of(name(operation, status, ""))
                    : operation.problems(status).stream()
                        .map(problem -> name(operation, status, problem)));
  }

  private static String name(Operation operation, String status, String problem) {
    return operation.id() + " " + status + " " + problem;
  }
}
