package dev.rekey.audit.chain;

import dev.rekey.platform.Ids;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
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

/**
 * Puts committed events onto the chain. Every replica tries; a lock that ends with the transaction
 * lets one at a time, so that whoever dies or freezes in it holds nobody up for long.
 */
@Component
class Sealer {

  /** How many events one transaction seals at most. */
  static final int BATCH = 10_000;

  /** How long a round goes on with what there is to catch up; a stop waits for its end. */
  private static final Duration ROUND = Duration.ofSeconds(5);

  /** How long one may look through all events, after a dump was restored. */
  private static final Duration RESTORED = Duration.ofMinutes(30);

  private static final Logger CHECKPOINTS = LoggerFactory.getLogger("dev.rekey.audit.checkpoint");

  private final TransactionTemplate transaction;
  private final JdbcTemplate jdbc;
  private final CheckpointKey key;
  private final ChainProperties properties;
  private final JsonMapper json;

  Sealer(
      PlatformTransactionManager transactions,
      JdbcTemplate jdbc,
      CheckpointKey key,
      ChainProperties properties,
      JsonMapper json) {
    this.transaction = new TransactionTemplate(transactions);
    this.jdbc = jdbc;
    this.key = key;
    this.properties = properties;
    this.json = json;
  }

  /** What one transaction did. */
  private record Step(int sealed, @Nullable Checkpoint checkpoint) {

    static final Step NONE = new Step(0, null);
  }

  /** Seals what is committed, unless another replica is at it. */
  @Scheduled(fixedDelayString = "${rekey.audit.seal-every:" + ChainProperties.SEAL_EVERY + "}")
  void seal() {
    Step step;
    long begun = System.nanoTime();
    do {
      step = transaction.execute(_ -> jdbc.execute(this::step));
      if (step.checkpoint() != null) {
        // Only once it is committed; a copy of what never was would accuse a sound chain.
        CHECKPOINTS.info("{}", json.writeValueAsString(step.checkpoint()));
      }
    } while (step.sealed() == BATCH && System.nanoTime() - begun < ROUND.toNanos());
  }

  private Step step(Connection pooled) throws SQLException {
    var connection = pooled.unwrap(BaseConnection.class);
    if (!SealerState.lock(connection)) {
      return Step.NONE;
    }
    SealerState state = SealerState.read(connection);
    if (state.isRestored()) {
      pooled.setNetworkTimeout(Runnable::run, (int) RESTORED.toMillis());
    }
    var batch = new SealedBatch(state.seq(), HexFormat.of().parseHex(state.head()));
    try (var events = new CopyRows(connection, state.unsealed(BATCH))) {
      while (events.next()) {
        batch.add(events);
      }
    }
    Checkpoint checkpoint = null;
    if (state.isCheckpointDue(properties.checkpointEvery())) {
      Instant now = state.now();
      checkpoint = Checkpoint.signed(Ids.next(), now, batch.seq(), batch.head(), key.get());
      Checkpoints.insert(connection, checkpoint);
    }
    state.advance(connection, batch, BATCH, checkpoint != null);
    if (batch.size() > 0) {
      batch.write(connection);
    }
    return new Step(batch.size(), checkpoint);
  }
}
