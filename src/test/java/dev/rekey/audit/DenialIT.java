package dev.rekey.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.access.Caller;
import dev.rekey.platform.RequestInfo;
import dev.rekey.run.Http.Answer;
import dev.rekey.upstream.Subject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;

/** Denials are recorded at once, and their repetitions after a minute. */
@ExtendWith(OutputCaptureExtension.class)
class DenialIT extends RekeyIT {

  private static final String ROUTE = "POST /api/v1/apps/connectors/credentials";
  private static final Subject OKTA_ITSELF = Subject.of("conductorone", OKTA_SUBJECT);
  private static final Subject GITHUB = Subject.of("conductorone", "apps/crm/connectors/github");

  private final String actor = "actor-" + UUID.randomUUID();
  private final ManualClock clock = new ManualClock();

  @Autowired private AuditLog log;
  @Autowired private PlatformTransactionManager transactions;
  @Autowired private ApplicationContext rekey;

  private Database database;
  private DenialAuditor auditor;

  @BeforeEach
  void createAuditor() {
    database = new Database(transactions);
    auditor = new DenialAuditor(log, database, clock);
  }

  @Test
  void firstDenialIsRecordedAtOnceAndItsRepetitionsAfterTheMinute() {
    denied(ROUTE, OKTA_ITSELF, 18);
    auditor.closeMinutes();
    assertThat(denials()).containsExactly("no grant []");

    clock.advance(Duration.ofSeconds(60));
    auditor.closeMinutes();
    auditor.closeMinutes();

    assertThat(denials())
        .containsExactly(
            "no grant []",
            ROUTE
                + ": denied 17 more times within a minute"
                + " [{\"to\": \"17\", \"from\": null, \"field\": \"repeats\"}]");
    assertThat(column("subject")).containsOnly(OKTA_SUBJECT);
    assertThat(column("request_id")).containsOnly(requestId);
    assertThat(column("outcome")).containsOnly("denied");
  }

  @Test
  void singleDenialHasOneEvent() {
    denied(ROUTE, OKTA_ITSELF, 1);
    clock.advance(Duration.ofSeconds(61));
    denied(ROUTE, OKTA_ITSELF, 1);
    clock.advance(Duration.ofSeconds(61));
    auditor.closeMinutes();

    assertThat(denials()).containsExactly("no grant []", "no grant []");
  }

  @Test
  void routesAndActorsAreCountedSeparately() {
    denied(ROUTE, OKTA_ITSELF, 2);
    denied("GET /api/v1/rotations/{id}", OKTA_ITSELF, 3);
    auditor.denied(caller("other-" + actor, ROUTE), OKTA_ITSELF, "no grant");
    clock.advance(Duration.ofSeconds(60));
    auditor.closeMinutes();

    assertThat(denials())
        .filteredOn(reason -> reason.contains("more times"))
        .hasSize(2)
        .anyMatch(reason -> reason.startsWith(ROUTE + ": denied 1 more"))
        .anyMatch(reason -> reason.startsWith("GET /api/v1/rotations/{id}: denied 2 more"));
  }

  @Test
  void repetitionsWithSeveralSubjectsHaveNoSubject() {
    denied(ROUTE, OKTA_ITSELF, 2);
    denied(ROUTE, GITHUB, 1);
    clock.advance(Duration.ofSeconds(60));
    auditor.closeMinutes();

    assertThat(column("subject")).containsExactly(OKTA_SUBJECT, null);
  }

  @Test
  void denialsDuringAnOutageAreRecordedAfterwards() {
    denied(ROUTE, OKTA_ITSELF, 3);
    database.isDown = true;
    denied("DELETE /somewhere", OKTA_ITSELF, 1);
    clock.advance(Duration.ofSeconds(60));
    auditor.closeMinutes();
    clock.advance(Duration.ofSeconds(30));
    auditor.closeMinutes();
    assertThat(denials()).containsExactly("no grant []");

    database.isDown = false;
    auditor.closeMinutes();

    assertThat(denials()).hasSize(3).anyMatch(reason -> reason.contains("denied 2 more"));
    assertThat(column("backfilled")).containsExactlyInAnyOrder(false, true, true);
    assertThat(column("at"))
        .contains(clock.start.toString(), clock.start.plusSeconds(60).toString());
  }

  @Test
  void denialsThatWaitTooLongAreLogged(CapturedOutput output) {
    database.isDown = true;
    denied(ROUTE, OKTA_ITSELF, 5);
    clock.advance(Duration.ofSeconds(60));
    auditor.closeMinutes();
    clock.advance(DenialAuditor.GIVE_UP_AFTER.plusSeconds(1));
    auditor.closeMinutes();

    database.isDown = false;
    auditor.closeMinutes();

    assertThat(denials()).isEmpty();
    assertThat(output.getAll().lines().filter(line -> line.contains(actor)))
        .hasSize(2)
        .anyMatch(line -> line.contains("\"reason\":\"no grant\""))
        .anyMatch(line -> line.contains("denied 4 more times"));
  }

  @Test
  void refusedDenialsAreLoggedAndBlockNoOthers(CapturedOutput output) {
    String refused = actor + "\0";
    for (int i = 0; i < 3; i++) {
      auditor.denied(caller(refused, ROUTE), OKTA_ITSELF, "no grant");
    }
    denied(ROUTE, OKTA_ITSELF, 3);
    clock.advance(Duration.ofSeconds(60));

    auditor.closeMinutes();

    assertThat(denials()).hasSize(2);
    assertThat(output.getOut().lines().filter(line -> line.contains(actor + "\\u0000"))).hasSize(2);
  }

  @Test
  void shutdownClosesAllMinutes(CapturedOutput output) {
    denied(ROUTE, OKTA_ITSELF, 2);
    auditor.destroy();
    assertThat(denials()).hasSize(2);

    denied(ROUTE, OKTA_ITSELF, 3);
    database.isDown = true;
    auditor.destroy();
    assertThat(denials()).hasSize(3);
    assertThat(output).contains("denied 2 more times");
  }

  @Test
  void requestsOfOneRouteAreCountedTogether() {
    String start = "&from=" + Instant.now();
    List.of("a", "b", "c")
        .forEach(
            id ->
                as("search")
                    .get("/organizations/acme/service-accounts/checkout/credentials/" + id));
    as("search").post(ROTATE, OKTA);
    List.of("d", "e")
        .forEach(
            id ->
                as("viewer")
                    .delete("/organizations/acme/service-accounts/checkout/credentials/" + id));
    as("viewer").post("/api/v1/nowhere/1", "{}");
    as("viewer").post("/api/v1/nowhere/2", "{}");
    assertThat(events()).hasSize(4);

    Denials.closeMinutes(rekey);

    Answer found = as("auditor").get("/api/v1/audit-events?q=denied+" + requestId + start);
    assertThat(
            found
                .body()
                .at("/items")
                .valueStream()
                .filter(event -> !event.at("/changes").isEmpty())
                .map(
                    event ->
                        event.at("/actor/id").asString()
                            + " "
                            + event.at("/changes/0/field").asString()
                            + " "
                            + event.at("/changes/0/to").asString()
                            + " "
                            + event.at("/reason").asString().replaceFirst(": denied.*", "")))
        .containsExactlyInAnyOrder(
            "search repeats 2 GET /organizations/{organization_id}/service-accounts"
                + "/{service_account_id}/credentials/{upstreamId}",
            "viewer repeats 1 DELETE /organizations/{organization_id}/service-accounts"
                + "/{service_account_id}/credentials/{upstreamId}",
            "viewer repeats 1 POST");
  }

  private void denied(String route, Subject subject, int times) {
    for (int i = 0; i < times; i++) {
      auditor.denied(caller(actor, route), subject, "no grant");
    }
  }

  private Caller caller(String id, String route) {
    return new Caller(
        id,
        "default",
        Caller.Kind.PROGRAM,
        null,
        List.of("search"),
        Set.of(),
        new RequestInfo(requestId, null, "127.0.0.1", null),
        route);
  }

  private List<String> denials() {
    return rows().stream().map(row -> row.get("reason") + " " + row.get("changes")).toList();
  }

  private List<Object> column(String name) {
    return rows().stream().map(row -> row.get(name)).toList();
  }

  private List<Map<String, Object>> rows() {
    return query(
        "select reason, subject, outcome, request_id, backfilled, changes::text as changes,"
            + " to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') as at"
            + " from audit_event where actor_id = ? order by id",
        actor);
  }

  private static final class ManualClock extends Clock {

    private final Instant start = Instant.parse(Instant.now().toString().substring(0, 19) + "Z");
    private Instant now = start;

    void advance(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private static final class Database implements PlatformTransactionManager {

    private final PlatformTransactionManager real;
    private boolean isDown;

    Database(PlatformTransactionManager real) {
      this.real = real;
    }

    @Override
    public TransactionStatus getTransaction(@Nullable TransactionDefinition definition) {
      if (isDown) {
        throw new CannotCreateTransactionException("down");
      }
      return real.getTransaction(definition);
    }

    @Override
    public void commit(TransactionStatus status) {
      real.commit(status);
    }

    @Override
    public void rollback(TransactionStatus status) {
      real.rollback(status);
    }
  }
}
