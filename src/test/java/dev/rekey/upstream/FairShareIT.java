package dev.rekey.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Callers share an upstream that hangs. */
class FairShareIT extends RekeyIT {

  private static final String INDEXER = "/organizations/acme/service-accounts/indexer/credentials";

  @Test
  void hangingReadsOfOneCallerLeaveTheOthersTheirCalls() throws Exception {
    assertThat(as("search").get(INDEXER).status()).isEqualTo(200);
    control().reset();
    control().fault("keycard", "list", "hang");
    Http reader = as("viewer");
    var reads = new ArrayList<Future<Answer>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 300; i++) {
        reads.add(threads.submit(() -> reader.get(CHECKOUT)));
      }
      await().until(() -> control().calls("list") == 32);

      List<Answer> creates =
          List.of(
              as("search").post(INDEXER, "{\"name\":\"one\"}"),
              as("search").post(INDEXER, "{\"name\":\"two\"}"),
              as("payments").post(ROTATE, OKTA));
      await().atMost(Duration.ofSeconds(30)).until(() -> done(reads) >= 300 - 32);
      List<Answer> refused = new ArrayList<>();
      for (Future<Answer> read : reads) {
        if (read.isDone()) {
          refused.add(read.get());
        }
      }
      control().reset();

      assertThat(creates).extracting(Answer::status).containsExactly(201, 201, 200);
      assertThat(refused)
          .hasSize(300 - 32)
          .allSatisfy(
              answer -> {
                assertThat(answer.status()).isEqualTo(429);
                assertThat(answer.text("/type")).isEqualTo("/problems/upstream-rate-limited");
                assertThat(answer.header("Retry-After")).isEqualTo("5");
                assertThat(answer.text("/detail")).startsWith("Nothing was sent to keycard");
              });
    }
  }

  @Test
  void hangingMintsOfOneCallerLeaveTheOthersTheirCalls() {
    control().fault("keycard", "create", "hang", "\"times\":32");
    Http hasty = as("search");
    var creates = new ArrayList<Future<Answer>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 40; i++) {
        String name = "{\"name\":\"hasty-" + i + "\"}";
        creates.add(threads.submit(() -> hasty.post(INDEXER, name)));
      }
      await().until(() -> control().calls("create") == 32);

      assertThat(as("payments").post(CHECKOUT, "{\"name\":\"patient\"}").status()).isEqualTo(201);
      assertThat(hasty.get(INDEXER).status()).isEqualTo(200);
      await().atMost(Duration.ofSeconds(30)).until(() -> done(creates) == 40 - 32);
      control().reset();
    }

    assertThat(creates.stream().filter(create -> create.resultNow().status() == 429))
        .hasSize(40 - 32);
  }

  private static long done(List<Future<Answer>> reads) {
    return reads.stream().filter(Future::isDone).count();
  }
}
