package dev.rekey.load;

import dev.rekey.invariants.HandedOver;
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

/** A team's client program, which requests credentials and follows docs/problems.md. */
final class Client implements Runnable {

  private final Supplier<Http> rekey;
  private final List<Target> targets;
  private final BooleanSupplier wantsMore;
  private final Harvest harvest;

  /**
   * One of many clients.
   *
   * @param rekey returns a random replica, with a token
   * @param wantsMore checked before every rotation; a started rotation is always finished
   */
  Client(Supplier<Http> rekey, List<Target> targets, BooleanSupplier wantsMore, Harvest harvest) {
    this.rekey = rekey;
    this.targets = targets;
    this.wantsMore = wantsMore;
    this.harvest = harvest;
  }

  @Override
  public void run() {
    while (wantsMore.getAsBoolean()) {
      getOne(targets.get(ThreadLocalRandom.current().nextInt(targets.size())));
    }
  }

  private enum Next {
    DONE,
    SAME_KEY,
    NEW_KEY
  }

  private void getOne(Target target) {
    String key = UUID.randomUUID().toString();
    Next next = ask(target, key);
    while (next != Next.DONE) {
      if (next == Next.NEW_KEY) {
        key = UUID.randomUUID().toString();
      }
      Pauses.between(Duration.ofMillis(100), Duration.ofMillis(500));
      next = ask(target, key);
    }
  }

  private Next ask(Target target, String key) {
    Answer answer = answerOrNull(() -> send(target, key));
    if (answer == null) {
      return Next.SAME_KEY;
    }
    if (answer.status() < 300) {
      harvest.secret(HandedOver.by(answer, target.subject()));
      return Next.DONE;
    }
    String problem = answer.text("/type").replace("/problems/", "");
    harvest.tally().count("responses " + answer.status() + " " + problem);
    return switch (problem) {
      case "rotation-in-progress" -> {
        awaitEnd(answer.header("Location"));
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
        harvest.surprise(answer.status() + " " + answer.raw().body());
        yield Next.NEW_KEY;
      }
    };
  }

  private Answer send(Target target, String key) {
    return rekey.get().with("Idempotency-Key", key).post(target.path(), target.body());
  }

  /**
   * Waits until the rotation is finished or cannot be read. Returns immediately without a rotation.
   */
  private void awaitEnd(@Nullable String rotation) {
    boolean isPending = rotation != null;
    while (isPending) {
      Pauses.between(Duration.ofMillis(200), Duration.ofMillis(600));
      Answer seen = answerOrNull(() -> rekey.get().get(rotation));
      isPending = seen != null && seen.text("/state").equals("PENDING");
    }
  }

  private @Nullable Answer answerOrNull(Supplier<Answer> request) {
    try {
      return request.get();
    } catch (UncheckedIOException e) {
      harvest.tally().count("connections lost");
      return null;
    }
  }
}
