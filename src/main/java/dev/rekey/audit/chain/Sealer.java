package dev.rekey.audit.chain;

import dev.rekey.platform.Ids;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** Seals committed events, on one replica at a time by a transaction-scoped lock. */
@Component
class Sealer {

  /** Maximum number of events per transaction. */
  static final int BATCH = 10_000;

  /** How long one run may take to catch up, because a shutdown waits for it. */
  private static final Duration MAX_RUN = Duration.ofSeconds(5);

  /** Timeout of the query that reads all events. */
  private static final Duration RESTORED_TIMEOUT = Duration.ofMinutes(30);

  private static final Logger log = LoggerFactory.getLogger(Sealer.class);
  private static final Logger CHECKPOINTS = LoggerFactory.getLogger("dev.rekey.audit.checkpoint");

  private final TransactionTemplate transaction;
  private final JdbcTemplate jdbc;
  private final AtomicReference<SigningKey> key;
  private final ChainProperties properties;
  private final JsonMapper json;

  Sealer(
      PlatformTransactionManager transactions,
      JdbcTemplate jdbc,
      AtomicReference<SigningKey> key,
      ChainProperties properties,
      JsonMapper json) {
    this.transaction = new TransactionTemplate(transactions);
    this.jdbc = jdbc;
    this.key = key;
    this.properties = properties;
    this.json = json;
  }

  /** The result of one transaction. */
  private record Step(int sealed, @Nullable Checkpoint checkpoint) {}

  /** Seals committed events, unless another replica does. */
  @Scheduled(fixedDelayString = "${rekey.audit.seal-every:" + ChainProperties.SEAL_EVERY + "}")
  void seal() {
    Step step;
    long startedAt = System.nanoTime();
    do {
      step = transaction.execute(_ -> jdbc.execute(this::step));
      if (step.checkpoint() != null) {
        // After the commit: a logged checkpoint that was rolled back would contradict the chain.
        CHECKPOINTS.info("{}", json.writeValueAsString(step.checkpoint()));
      }
    } while (step.sealed() == BATCH && System.nanoTime() - startedAt < MAX_RUN.toNanos());
  }

  private Step step(Connection pooled) throws SQLException {
    var connection = pooled.unwrap(BaseConnection.class);
    if (!SealerState.lock(jdbc)) {
      return new Step(0, null);
    }
    SealerState state = SealerState.read(jdbc);
    if (state.isRestored()) {
      log.warn(
          "The sealer's position is of another database, or was changed: it searches all events for"
              + " those without a seal");
      pooled.setNetworkTimeout(Runnable::run, (int) RESTORED_TIMEOUT.toMillis());
    }
    var batch = new SealedBatch(state.seq(), HexFormat.of().parseHex(state.head()));
    try (var events = new CopyRows(connection, state.unsealed(BATCH))) {
      while (events.next()) {
        batch.add(events);
      }
    }
    Checkpoint checkpoint = checkpointIfDue(state, batch);
    state.advance(jdbc, batch, BATCH, checkpoint != null);
    if (batch.size() > 0) {
      batch.write(connection);
    }
    return new Step(batch.size(), checkpoint);
  }

  private @Nullable Checkpoint checkpointIfDue(SealerState state, SealedBatch batch) {
    if (!state.isCheckpointDue(properties.checkpointEvery())) {
      return null;
    }
    var checkpoint =
        Checkpoint.signed(Ids.next(), state.now(), batch.seq(), batch.head(), key.get());
    Checkpoints.insert(jdbc, checkpoint);
    return checkpoint;
  }
}
