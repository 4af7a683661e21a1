package dev.rekey.rotation;

import dev.rekey.platform.Ids;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.upstream.Subject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Rotates for policies at a time that the test sets, without an upstream: only the inventory
 * changes. Some rotations fail, and some replicas are lost before or after one.
 */
public final class SimulatedRotations extends PolicyRotations {

  /** A replica is lost. */
  public static final class Killed extends Error {

    private static final long serialVersionUID = 1;

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }

  /** A rotation that was tried. */
  public record Try(Subject subject, Instant at, boolean succeeded, String why) {}

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private final RandomGenerator random;
  private final Function<Subject, @Nullable Duration> lifetime;
  private final ConcurrentLinkedQueue<Try> tries = new ConcurrentLinkedQueue<>();
  private final Map<String, AtomicInteger> inProgress = new ConcurrentHashMap<>();
  private final AtomicInteger most = new AtomicInteger();

  // It overrides the only method that uses these.
  @SuppressWarnings("NullAway")
  public SimulatedRotations(
      JdbcClient jdbc,
      TransactionTemplate transaction,
      Clock clock,
      RandomGenerator random,
      Function<Subject, @Nullable Duration> lifetime) {
    super(null, null, null, null);
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.clock = clock;
    this.random = random;
    this.lifetime = lifetime;
  }

  /** All tries in their order. */
  public Iterable<Try> tries() {
    return tries;
  }

  /** How many rotations were in progress at one upstream at the same time, at most. */
  public int mostInProgress() {
    return most.get();
  }

  @Override
  public UUID rotate(PolicyOrder order, Runnable guard) {
    AtomicInteger current =
        inProgress.computeIfAbsent(order.subject().upstream().value(), _ -> new AtomicInteger());
    most.accumulateAndGet(current.incrementAndGet(), Math::max);
    try {
      return tried(order, guard);
    } finally {
      current.decrementAndGet();
    }
  }

  private UUID tried(PolicyOrder order, Runnable guard) {
    int chance = random.nextInt(100);
    if (chance < 1) {
      throw new Killed();
    }
    if (chance < 5) {
      transaction.executeWithoutResult(_ -> guard.run());
      tries.add(new Try(order.subject(), clock.instant(), false, order.why()));
      throw ProblemType.UPSTREAM_UNAVAILABLE.with("It is simulated.");
    }
    UUID made = Ids.next();
    transaction.executeWithoutResult(
        _ -> {
          guard.run();
          replace(order, made);
          tries.add(new Try(order.subject(), clock.instant(), true, order.why()));
        });
    if (chance < 6) {
      throw new Killed();
    }
    return made;
  }

  private void replace(PolicyOrder order, UUID made) {
    Instant now = clock.instant();
    Duration lives = lifetime.apply(order.subject());
    int retired =
        jdbc.sql(
                """
                update credential set status = 'RETIRED'
                where upstream = :upstream and subject = :subject and upstream_id = :old
                  and status = 'ACTIVE'
                """)
            .param("upstream", order.subject().upstream().value())
            .param("subject", order.subject().name())
            .param("old", order.old().value())
            .update();
    if (retired != 1) {
      throw new IllegalStateException("rotated a credential that is not active");
    }
    insert(jdbc, order.subject(), made, now, lives == null ? null : now.plus(lives));
  }

  /** Adds an active credential to the inventory, as a delivery has left it. */
  public static void insert(
      JdbcClient jdbc, Subject subject, UUID id, Instant created, @Nullable Instant expires) {
    jdbc.sql(
            """
            insert into credential (id, upstream, subject, upstream_id, status, origin, created_at,
              expires_at, recorded_at, observed_at, version)
            values (:id, :upstream, :subject, :upstreamId, 'ACTIVE', 'MINTED', :created,
              cast(:expires as timestamptz), :created, :created, 0)
            """)
        .param("id", id)
        .param("upstream", subject.upstream().value())
        .param("subject", subject.name())
        .param("upstreamId", "c-" + id)
        .param("created", SqlTime.of(created))
        .param("expires", expires == null ? null : expires.toString())
        .update();
  }
}
