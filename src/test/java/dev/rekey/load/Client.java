package dev.rekey.load;

import dev.rekey.invariants.DeliveredSecret;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A team's program that requests credentials, and reacts to problems as docs/problems.md advises.
 */
public final class Client implements Runnable {

  private final Supplier<Http> rekey;
  private final List<Target> targets;
  private final BooleanSupplier needsMore;
  private final Results results;

  /**
   * Makes a client.
   *
   * @param rekey returns any replica, with a token
   * @param needsMore checked before every new credential; a request that was begun is completed
   */
  public Client(
      Supplier<Http> rekey, List<Target> targets, BooleanSupplier needsMore, Results results) {
    this.rekey = rekey;
    this.targets = targets;
    this.needsMore = needsMore;
    this.results = results;
  }

  @Override
  public void run() {
    while (needsMore.getAsBoolean()) {
      obtain(targets.get(ThreadLocalRandom.current().nextInt(targets.size())));
    }
  }

  private enum Next {
    DONE,
    SAME_KEY,
    NEW_KEY
  }

  private void obtain(Target target) {
    String key = UUID.randomUUID().toString();
    Next next = request(target, key);
    while (next != Next.DONE) {
      if (next == Next.NEW_KEY) {
        key = UUID.randomUUID().toString();
      }
      Pauses.between(Duration.ofMillis(100), Duration.ofMillis(500));
      next = request(target, key);
    }
  }

  private Next request(Target target, String key) {
    Answer answer = answerOrNull(() -> send(target, key));
    if (answer == null) {
      return Next.SAME_KEY;
    }
    if (answer.status() < 300) {
      results.secret(DeliveredSecret.in(answer, target.subject()));
      return Next.DONE;
    }
    String problem = answer.text("/type").replace("/problems/", "");
    results.counts().count("responses " + answer.status() + " " + problem);
    return switch (problem) {
      case "rotation-in-progress" -> {
        awaitClosed(answer.header("Location"));
        yield Next.SAME_KEY;
      }
      case "upstream-unavailable", "record-unavailable", "upstream-rate-limited" -> Next.SAME_KEY;
      case "rotation-outcome-unknown",
          "rotation-unresolved",
          "secret-not-replayable",
          "upstream-refused",
          "upstream-denied-us" ->
          Next.NEW_KEY;
      default -> {
        results.unexpected(answer.status() + " " + answer.raw().body());
        yield Next.NEW_KEY;
      }
    };
  }

  private Answer send(Target target, String key) {
    return rekey.get().with("Idempotency-Key", key).post(target.path(), target.body());
  }

  /** Waits until the rotation is closed or cannot be read. Null does not wait. */
  private void awaitClosed(@Nullable String rotation) {
    boolean isPending = rotation != null;
    while (isPending) {
      Pauses.between(Duration.ofMillis(200), Duration.ofMillis(600));
      Answer seen = answerOrNull(() -> rekey.get().get(rotation));
      isPending = seen != null && seen.text("/state").equals("PENDING");
    }
  }

  private @Nullable Answer answerOrNull(Supplier<Answer> call) {
    try {
      return call.get();
    } catch (UncheckedIOException e) {
      results.counts().count("connections lost");
      return null;
    }
  }
}
