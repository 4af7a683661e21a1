package dev.rekey;

import static dev.rekey.run.Json.json;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.rekey.audit.Denials;
import dev.rekey.contract.ResponseCheck;
import dev.rekey.run.Control;
import dev.rekey.run.CountingExecutor;
import dev.rekey.run.Http;
import dev.rekey.run.PostgresServer;
import dev.rekey.run.Surroundings;
import dev.rekey.run.Tokens;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;
import org.springframework.scheduling.config.Task;
import org.springframework.scheduling.config.TaskExecutionOutcome.Status;
import org.springframework.test.context.ContextConfiguration;

/**
 * Runs all of Rekey in this JVM, on a real PostgreSQL and the sandbox. The extending tests share
 * these. Each test has its own request id, which identifies its events.
 */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "management.server.port=0",
      // Tests trigger the background jobs themselves.
      "rekey.rotation.reconcile-every=P1D",
      "rekey.rotation.retire-every=P1D",
      "rekey.rotation.consistency-window=0s",
      "rekey.refresh.calls-per-second=1000",
      "rekey.refresh.burst=1000",
      "rekey.expiry.check-every=P1D",
      "rekey.automation.check-every=P1D",
      "rekey.findings.interval=P1D",
      "rekey.audit.checkpoint-every=2s",
      "rekey.delivery.respond-within=5s",
      "rekey.audit.stream.heartbeat=1s",
      // Otherwise small responses would not be compressed, whatever they contain.
      "server.compression.min-response-size=1B"
    })
@ContextConfiguration(initializers = RekeyIT.Settings.class)
public abstract class RekeyIT {

  protected static final String ROTATE = "/api/v1/apps/connectors/credentials";
  protected static final String OKTA = json("appId", "crm", "connectorId", "okta");
  protected static final String OKTA_SUBJECT = "apps/crm/connectors/okta";
  protected static final String CHECKOUT =
      "/organizations/acme/service-accounts/checkout/credentials";

  protected final String requestId = "test-" + UUID.randomUUID();

  @Autowired
  @Qualifier("rotationThreads")
  private ExecutorService threads;

  @Autowired private ApplicationContext context;

  @Value("${local.server.port}")
  private int port;

  @Value("${local.management.port}")
  private int managementPort;

  /** Configures Rekey for its environment. */
  static class Settings implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    static final Surroundings SURROUNDINGS = start();

    // A new connection for each query of a test that waits would cost more than the rest of the
    // test.
    static final HikariDataSource SUPERUSER = SURROUNDINGS.postgres().superusers();

    private static Surroundings start() {
      Surroundings surroundings = Surroundings.start();
      SpringApplication.getShutdownHandlers()
          .add(
              () -> {
                SUPERUSER.close();
                surroundings.close();
              });
      return surroundings;
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
      context
          .getEnvironment()
          .getPropertySources()
          .addLast(new MapPropertySource("surroundings", Map.copyOf(SURROUNDINGS.properties())));
      context.getBeanFactory().addBeanPostProcessor(new Counting());
    }
  }

  /** Lets a test wait for the previous test's work to finish. */
  private static final class Counting implements BeanPostProcessor {

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
      return bean instanceof ExecutorService executor && name.equals("rotationThreads")
          ? new CountingExecutor(executor)
          : bean;
    }
  }

  /**
   * Starts each class with an empty database, so that no test depends on the classes that ran
   * before in this JVM.
   */
  @BeforeAll
  static void emptyDatabase(@Autowired ApplicationContext context) {
    awaitFirstRuns(context);
    context.getBean("rotationThreads", CountingExecutor.class).awaitIdle();
    postgres().empty();
  }

  /** Each job runs once at the start, however long its interval is. */
  protected static void awaitFirstRuns(ApplicationContext context) {
    List<Task> jobs =
        context.getBeansOfType(ScheduledTaskHolder.class).values().stream()
            .flatMap(holder -> holder.getScheduledTasks().stream())
            .map(ScheduledTask::getTask)
            .toList();
    await("first runs of " + jobs)
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                jobs.stream()
                    .map(job -> job.getLastExecutionOutcome().status())
                    .allMatch(EnumSet.of(Status.SUCCESS, Status.ERROR)::contains));
  }

  @BeforeEach
  void resetSandbox() {
    awaitFollowUps();
    Denials.closeMinutes(context);
    control().reset();
    ageMints();
  }

  /** Makes all mints so old that no request repeats one. */
  protected static void ageMints() {
    query(
        """
        update rotation set requested_at = requested_at - interval '1 hour'
        where requested_at > now() - interval '1 hour'
          and (state in ('UNKNOWN', 'SUPERSEDED') or delivered_at is null)
        returning id
        """);
  }

  /** Waits until no follow-up work of any rotation is pending. */
  protected final void awaitFollowUps() {
    ((CountingExecutor) threads).awaitIdle();
  }

  protected static Surroundings surroundings() {
    return Settings.SURROUNDINGS;
  }

  protected static Control control() {
    return new Control(surroundings().sandbox());
  }

  /** Rekey without a token. Each response is compared with the contract. */
  protected final Http anonymous() {
    return Http.at(URI.create("http://localhost:" + port))
        .with("X-Request-Id", requestId)
        .checkedBy(ResponseCheck::assertDescribed);
  }

  protected final Http management() {
    return Http.at(URI.create("http://localhost:" + managementPort));
  }

  /** Rekey as one of the sandbox's clients, with all its scopes. */
  protected final Http as(String client) {
    return anonymous().bearer(Tokens.of(surroundings().sandbox(), client));
  }

  /** Same, with a new Idempotency-Key: its mint repeats no other. */
  protected final Http keyed(String client) {
    return as(client).with("Idempotency-Key", UUID.randomUUID().toString());
  }

  /** Keycard itself, for calls outside Rekey. */
  protected static Http keycardDirectly() {
    return Http.at(URI.create(surroundings().sandbox().url() + "/keycard"))
        .bearer(Tokens.ofKeycard(surroundings().sandbox()));
  }

  /** Same as {@link #keycardDirectly}, at ConductorOne. */
  protected static Http conductorOneDirectly() {
    return Http.at(URI.create(surroundings().sandbox().url() + "/conductorone"))
        .bearer(Tokens.ofConductorOne(surroundings().sandbox()));
  }

  /** The rows of a query that runs as superuser and leaves its session as it was. */
  protected static List<Map<String, Object>> query(String sql, @Nullable Object... parameters) {
    try (var connection = Settings.SUPERUSER.getConnection();
        var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      var rows = new ArrayList<Map<String, Object>>();
      try (var result = statement.executeQuery()) {
        while (result.next()) {
          var row = new LinkedHashMap<String, Object>();
          for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
            row.put(result.getMetaData().getColumnLabel(i), result.getObject(i));
          }
          rows.add(row);
        }
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The number in the single row and column of a query. */
  protected static long numberOf(String sql, @Nullable Object... parameters) {
    Object value = query(sql, parameters).getFirst().values().iterator().next();
    return ((Number) Objects.requireNonNull(value)).longValue();
  }

  /** Changes rows as superuser, to shift times or to corrupt data. */
  protected static void execute(String sql, @Nullable Object... parameters) {
    try (var connection = surroundings().postgres().connectAsSuperuser();
        var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      statement.execute();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Expires a rotation's leases. */
  protected static void expireLeases(String rotation) {
    execute(
        "update rotation_attempt set lease_until = clock_timestamp() - interval '1 second'"
            + " where rotation_id = ?::uuid",
        rotation);
  }

  /** Makes every scheduled check of the reconciler due. */
  protected static void makeChecksDue() {
    execute(
        "update rotation_attempt set next_check_at = clock_timestamp()"
            + " where next_check_at is not null");
    execute(
        "update credential_change set next_check_at = clock_timestamp()"
            + " where next_check_at is not null");
  }

  /** The types of this test's events, oldest first. */
  protected final List<String> events() {
    return query(
            "select type from audit_event where request_id = ? order by occurred_at, id", requestId)
        .stream()
        .map(row -> (String) row.get("type"))
        .toList();
  }

  /**
   * Records an open finding of a subject at ConductorOne, two days old.
   *
   * @param evidence a JSON object
   */
  protected static UUID finding(String kind, String subject, String evidence) {
    var id = UUID.randomUUID();
    execute(
        """
        insert into finding (
          id, kind, identity, upstream, subject, state, since, evidence, opened_at)
        values (?, ?, ?, 'conductorone', ?, 'open', now() - interval '2 days', ?::jsonb, now())
        """,
        id,
        kind,
        id.toString(),
        subject,
        evidence);
    return id;
  }

  /** Waits until every event has a seal. Counts and exports leave other events out. */
  protected static void awaitAllSealed() {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                query(
                        "select 1 from audit_event e where not exists"
                            + " (select from audit_seal s where s.event_id = e.id) limit 1")
                    .isEmpty());
  }

  protected static PostgresServer postgres() {
    return surroundings().postgres();
  }
}
