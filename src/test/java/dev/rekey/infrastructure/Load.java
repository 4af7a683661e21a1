package dev.rekey.infrastructure;

import dev.rekey.load.Client;
import dev.rekey.load.Results;
import dev.rekey.load.Target;
import dev.rekey.run.Http;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Clients that request credentials until this is closed. */
final class Load implements AutoCloseable {

  static final int TARGETS_OF_EACH_UPSTREAM = 10;

  private static final int CLIENTS = 12;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicBoolean isWanted = new AtomicBoolean(true);
  private final List<Future<?>> clients = new ArrayList<>();

  private Load(Http rekey, Results results) {
    var client =
        new Client(() -> rekey, Target.some(TARGETS_OF_EACH_UPSTREAM), isWanted::get, results);
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(threads.submit(client));
    }
  }

  static Load on(Http rekey, Results results) {
    return new Load(rekey, results);
  }

  /** Waits until every client has its last credential. Throws what a client has thrown. */
  @Override
  public void close() {
    isWanted.set(false);
    threads.shutdown();
    try {
      if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
        throw new IllegalStateException("a client has waited for a credential for a minute");
      }
      for (Future<?> client : clients) {
        client.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      threads.shutdownNow();
    }
  }
}
