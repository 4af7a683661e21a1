package dev.rekey.notification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.audit.AuditType;
import dev.rekey.notification.Receiver.Reaction;
import dev.rekey.run.Http.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Gives up, lists, counts, redelivers and deletes webhooks. */
class DeadLetterIT extends WebhookIT {

  private static final String LIST = "/api/v1/webhook-deliveries";

  private final UUID credential = UUID.randomUUID();

  @Autowired private BacklogMetrics backlog;
  @Autowired private DeliveryCleanup cleanup;

  @Test
  void webhookIsDeadAfterThreeDaysAndTheNextOneIsPending() {
    PAGER.reacts(Reaction.FAIL);
    append(credential, AuditType.CREDENTIAL_MISSING, AuditType.CREDENTIAL_EXPIRED);
    age("71 hours");
    deliver();
    assertThat(states("pager", credential)).containsExactly("PENDING", "PENDING");

    age("73 hours");
    expireClaims();
    deliver();

    assertThat(states("pager", credential)).containsExactly("DEAD", "PENDING");
    Answer dead = as("admin").get(LIST + "?state=DEAD");
    assertThat(dead.body().path("items")).hasSize(1);
    JsonNode letter = dead.body().at("/items/0");
    assertThat(letter.path("target").asString()).isEqualTo("pager");
    assertThat(letter.path("type").asString()).isEqualTo("credential.missing");
    assertThat(letter.path("eventId").asString()).isEqualTo(events(credential).getFirst());
    assertThat(letter.path("subject").asString()).isEqualTo(CHECKOUT_ACCOUNT.name());
    assertThat(letter.path("tries").asInt()).isEqualTo(4);
    assertThat(letter.path("lastFailure").asString()).isEqualTo("status 500");
    assertThat(letter.path("nextTryAt").isNull()).isTrue();
    assertThat(letter.path("settledAt").asString()).isNotEmpty();
    assertThat(letter.path("body").asString()).isEqualTo(PAGER.calls().getFirst().body());
  }

  @Test
  void webhookThatWaitedForThreeDaysIsTriedThreeTimes() {
    PAGER.reacts(Reaction.FAIL);
    append(credential, AuditType.CREDENTIAL_MISSING);
    execute("update webhook_delivery set queued_at = now() - interval '73 hours'");

    for (int tries = 1; tries < 3; tries++) {
      deliver();
      assertThat(states("pager", credential)).containsExactly("PENDING");
      expireClaims();
    }
    deliver();

    assertThat(PAGER.calls()).hasSize(3);
    assertThat(states("pager", credential)).containsExactly("DEAD");
  }

  @Test
  void redeliveryIsDeliveredAndRecordedInTheHistory() {
    String id = deadLetter();
    PAGER.reacts(Reaction.ACCEPT);

    Answer redelivered = as("admin").post(LIST + "/" + id + "/redeliver", null);
    deliver();

    assertThat(redelivered.status()).isEqualTo(200);
    assertThat(redelivered.text("/state")).isEqualTo("PENDING");
    assertThat(redelivered.body().path("settledAt").isNull()).isTrue();
    assertThat(states("pager", credential)).containsExactly("DELIVERED");
    assertThat(PAGER.calls()).hasSize(2).extracting(Receiver.Call::id).containsOnly(event());
    assertThat(events()).containsExactly("webhook.redelivered");
    JsonNode event =
        as("auditor")
            .get("/api/v1/audit-events?type=webhook.redelivered&limit=1")
            .body()
            .at("/items/0");
    assertThat(event.at("/actor/id").asString()).isEqualTo("admin");
    assertThat(event.path("changes").toString()).contains("pager", event(), "credential.missing");
  }

  @Test
  void redeliveryIsRetriedAsLongAsANewWebhook() {
    String id = deadLetter();

    as("admin").post(LIST + "/" + id + "/redeliver", null);
    deliver();

    assertThat(states("pager", credential)).containsExactly("PENDING");
    assertThat(PAGER.calls()).hasSize(2);
  }

  @Test
  void onlyDeadLettersCanBeRedelivered() {
    append(credential, AuditType.CREDENTIAL_MISSING);
    String id = as("admin").get(LIST).text("/items/0/id");

    Answer pending = as("admin").post(LIST + "/" + id + "/redeliver", null);
    deliver();
    Answer delivered = as("admin").post(LIST + "/" + id + "/redeliver", null);
    Answer unknown = as("admin").post(LIST + "/" + UUID.randomUUID() + "/redeliver", null);

    assertThat(pending.status()).isEqualTo(409);
    assertThat(pending.text("/type")).isEqualTo("/problems/wrong-state");
    assertThat(pending.text("/detail")).contains("is still pending");
    assertThat(delivered.status()).isEqualTo(409);
    assertThat(delivered.text("/detail")).contains("was delivered");
    assertThat(unknown.text("/type")).isEqualTo("/problems/not-found");
    assertThat(events()).isEmpty();
  }

  @Test
  void deadLetterOfARemovedTargetCannotBeRedelivered() {
    String id = deadLetter();
    execute("update webhook_delivery set target = 'gone'");

    Answer answer = as("admin").post(LIST + "/" + id + "/redeliver", null);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text("/detail")).contains("no longer configured");
  }

  @Test
  void webhooksOfARemovedTargetAreDeadAfterThreeDays() {
    append(credential, AuditType.CREDENTIAL_MISSING, AuditType.CREDENTIAL_EXPIRED);
    execute("update webhook_delivery set target = 'gone'");
    age("73 hours");

    cleanup.cleanUp();

    assertThat(states("gone", credential)).containsExactly("DEAD", "PENDING");
    assertThat(as("admin").get(LIST + "?target=gone&state=DEAD").text("/items/0/lastFailure"))
        .isEqualTo("target is no longer configured");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DELIVERED, 6 days, 1",
        "DELIVERED, 8 days, 0",
        "DEAD, 89 days, 1",
        "DEAD, 91 days, 0",
        "PENDING, 91 days, 1"
      })
  void onlyOldSettledWebhooksAreDeleted(String row) {
    String[] cells = row.split(", ", -1);
    append(credential, AuditType.CREDENTIAL_MISSING);
    execute(
        "update webhook_delivery set state = ?, created_at = now() - ?::interval, settled_at ="
            + " case when ? <> 'PENDING' then now() - ?::interval end",
        cells[0],
        cells[1],
        cells[0],
        cells[1]);

    cleanup.cleanUp();

    assertThat(count("select count(*) as number from webhook_delivery"))
        .isEqualTo(Long.parseLong(cells[2]));
  }

  @Test
  void pagesShowEveryMatchOnceNewestFirst() {
    for (int i = 0; i < 7; i++) {
      append(UUID.randomUUID(), AuditType.CREDENTIAL_EXPIRING);
      if (i == 3) {
        deliver();
      }
    }

    for (String filter :
        List.of("", "&state=PENDING", "&target=pager", "&state=DELIVERED&target=calendar")) {
      List<String> whole = ids(as("admin").get(LIST + "?limit=500" + filter));
      var paged = new ArrayList<String>();
      Answer page = as("admin").get(LIST + "?limit=2" + filter);
      paged.addAll(ids(page));
      while (page.header("Link") != null) {
        String link = Objects.requireNonNull(page.header("Link"));
        page = as("admin").get(link.substring(1, link.indexOf('>')));
        paged.addAll(ids(page));
      }
      assertThat(whole).as(filter).hasSizeGreaterThan(2);
      assertThat(paged).as(filter).isEqualTo(whole);
    }
    assertThat(ids(as("admin").get(LIST + "?limit=500"))).hasSize(14);
    assertThat(ids(as("admin").get(LIST + "?state=PENDING"))).hasSize(6);
    assertThat(ids(as("admin").get(LIST + "?target=pager"))).hasSize(7);
    assertThat(ids(as("admin").get(LIST + "?target=nobody"))).isEmpty();
    String cursor = as("admin").get(LIST + "?limit=2").text("/nextCursor");
    assertThat(as("admin").get(LIST + "?state=DEAD&cursor=" + cursor).text("/type"))
        .isEqualTo("/problems/invalid-cursor");
  }

  @Test
  void onlyAdminsMayListAndUnknownParametersAreRejected() {
    for (String client : List.of("payments", "auditor", "viewer")) {
      assertThat(as(client).get(LIST).text("/scope")).isEqualTo("admin");
      assertThat(as(client).post(LIST + "/" + UUID.randomUUID() + "/redeliver", null).status())
          .isEqualTo(403);
    }
    assertThat(as("admin").get(LIST + "?state=LOST").text("/type"))
        .isEqualTo("/problems/invalid-parameter");
    assertThat(as("admin").get(LIST + "?target=Pager%201").text("/type"))
        .isEqualTo("/problems/invalid-parameter");
    assertThat(as("admin").get(LIST + "?name=pager").text("/type"))
        .isEqualTo("/problems/unknown-parameter");
  }

  @Test
  void metricsShowBacklogAgeAndDeadLetters() {
    double failedBefore = metric("rekey_webhooks_deliveries_total{outcome=\"failed\"");
    double deadBefore = metric("rekey_webhooks_deliveries_total{outcome=\"dead\"");
    deadLetter();
    append(UUID.randomUUID(), AuditType.CREDENTIAL_MISSING);
    append(UUID.randomUUID(), AuditType.CREDENTIAL_MISSING);
    execute(
        "update webhook_delivery set queued_at = now() - interval '1 hour', created_at ="
            + " now() - interval '2 days' where state = 'PENDING'");
    deliver();

    backlog.measure();

    assertThat(metric("rekey_webhooks_backlog{")).isEqualTo(2);
    assertThat(metric("rekey_webhooks_backlog_age_seconds{")).isBetween(3600.0, 3660.0);
    assertThat(metric("rekey_webhooks_dead{")).isEqualTo(1);
    assertThat(metric("rekey_webhooks_deliveries_total{outcome=\"failed\"") - failedBefore)
        .isEqualTo(2);
    assertThat(metric("rekey_webhooks_deliveries_total{outcome=\"dead\"") - deadBefore)
        .isEqualTo(1);
    execute("delete from webhook_delivery");
    backlog.measure();
    assertThat(metric("rekey_webhooks_backlog{")).isZero();
    assertThat(metric("rekey_webhooks_backlog_age_seconds{")).isZero();
  }

  /** Creates a dead letter to the pager, which keeps failing, and returns its id. */
  private String deadLetter() {
    PAGER.reacts(Reaction.FAIL);
    append(credential, AuditType.CREDENTIAL_MISSING);
    age("73 hours");
    deliver();
    return as("admin").get(LIST + "?state=DEAD").text("/items/0/id");
  }

  private String event() {
    return events(credential).getFirst();
  }

  /** Makes the credential's oldest webhook that old, with at least two tries. */
  private void age(String interval) {
    execute(
        "update webhook_delivery set created_at = now() - ?::interval,"
            + " queued_at = now() - ?::interval, tries = greatest(tries, 2) where id in ("
            + "select id from webhook_delivery where order_key = ? order by number limit 1)",
        interval,
        interval,
        credential.toString());
  }

  private double metric(String beginning) {
    String scrape = management().get("/actuator/prometheus").raw().body();
    return scrape
        .lines()
        .filter(line -> line.startsWith(beginning) && line.contains("target=\"pager\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no metric begins with " + beginning));
  }

  private static List<String> ids(Answer page) {
    var ids = new ArrayList<String>();
    page.body().path("items").forEach(item -> ids.add(item.path("id").asString()));
    return ids;
  }
}
