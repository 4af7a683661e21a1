package dev.rekey.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.RekeyIT;
import dev.rekey.platform.query.SqlPart;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.PostgresServer;
import dev.rekey.upstream.Subject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Events, their pages and their transactions. */
class AuditIT extends RekeyIT {

  private static final Subject OKTA_ITSELF = Subject.of("conductorone", OKTA_SUBJECT);

  @Autowired private AuditLog log;
  @Autowired private PlatformTransactionManager transactions;

  @Test
  void eventHasAllItsFields() {
    as("payments").with("User-Agent", "a test").post(ROTATE, OKTA);

    var event =
        as("payments")
            .get("/api/v1/audit-events?type=rotation.succeeded&limit=1")
            .body()
            .at("/items/0");
    assertThat(event.propertyNames())
        .containsExactlyInAnyOrder(
            "id",
            "seq",
            "type",
            "occurredAt",
            "outcome",
            "reason",
            "actor",
            "upstream",
            "subject",
            "upstreamId",
            "credentialId",
            "rotationId",
            "requestId",
            "traceId",
            "source",
            "changes",
            "backfilled",
            "schemaVersion");
    assertThat(event.at("/actor/id").asString()).isEqualTo("payments");
    assertThat(event.at("/actor/team").asString()).isEqualTo("payments");
    assertThat(event.at("/actor/kind").asString()).isEqualTo("caller");
    assertThat(event.at("/outcome").asString()).isEqualTo("succeeded");
    assertThat(event.at("/requestId").asString()).isEqualTo(requestId);
    assertThat(event.at("/source/userAgent").asString()).isEqualTo("a test");
    assertThat(event.at("/occurredAt").asString()).matches("\\d{4}-.*T.*\\.\\d{6}Z");
  }

  @Test
  void pagesShowEveryEventOnceWhileEventsAreAdded() {
    IntStream.range(0, 12).forEach(_ -> as("payments").post(ROTATE, OKTA));
    String first =
        "/api/v1/audit-events?type=rotation.requested&limit=5&from="
            + Instant.now().minusSeconds(600);
    var seen = new ArrayList<String>();
    String path = first;
    Answer page;
    do {
      page = as("auditor").get(path);
      page.body().at("/items").forEach(event -> seen.add(event.at("/id").asString()));
      as("payments").post(ROTATE, OKTA);
      String link = page.header("Link");
      path = link == null ? "" : link.substring(1, link.indexOf('>'));
    } while (!path.isEmpty());

    var written =
        query(
                "select id::text from audit_event where type = 'rotation.requested'"
                    + " and request_id = ? order by occurred_at desc, id desc",
                requestId)
            .stream()
            .map(row -> String.valueOf(row.get("id")))
            .toList();
    assertThat(seen).doesNotHaveDuplicates().isSortedAccordingTo(Comparator.reverseOrder());
    assertThat(seen).containsAll(written.subList(written.size() - 12, written.size()));
  }

  @Test
  void cursorWorksForItsFilterOnly() {
    as("payments").post(ROTATE, OKTA);
    String cursor = as("auditor").get("/api/v1/audit-events?limit=1").text("/nextCursor");

    assertThat(as("auditor").get("/api/v1/audit-events?limit=1&cursor=" + cursor).status())
        .isEqualTo(200);
    assertThat(
            as("auditor")
                .get("/api/v1/audit-events?type=access.denied&limit=1&cursor=" + cursor)
                .text("/type"))
        .isEqualTo("/problems/invalid-cursor");
    String tampered = (cursor.charAt(0) == 'A' ? "B" : "A") + cursor.substring(1);
    assertThat(as("auditor").get("/api/v1/audit-events?limit=1&cursor=" + tampered).status())
        .isEqualTo(400);
  }

  @Test
  void eventsAreFoundBySubjectAndCredentialAndTime() {
    Instant before = Instant.now().minusSeconds(1);
    String credential = as("payments").post(ROTATE, OKTA).header("Rekey-Credential-Id");

    assertThat(types("?credentialId=" + credential)).containsExactly("rotation.succeeded");
    assertThat(types("?subject=apps/crm/connectors/okta&from=" + before + "&limit=2"))
        .containsExactly("rotation.succeeded", "rotation.requested");
    assertThat(types("?to=" + before + "&credentialId=" + credential)).isEmpty();
    assertThat(types("?subject=apps/crm/connectors/nothing")).isEmpty();
  }

  @Test
  void appendFailsOutsideATransaction() {
    var entry = AuditEntry.ofRekey(AuditType.ACCESS_DENIED, Subject.of("keycard", "nobody"));

    assertThatThrownBy(() -> log.append(entry))
        .isInstanceOf(IllegalTransactionStateException.class);
  }

  @ParameterizedTest
  @CsvSource({"true, 1", "false, 0"})
  void aChangeThatAffectsNoRowHasNoEvent(boolean affectsARow, int events) {
    var about = Subject.of("keycard", "change-" + UUID.randomUUID());
    var change = new SqlPart("changed as (select where :affects)", Map.of("affects", affectsARow));

    Boolean isChanged =
        new TransactionTemplate(transactions)
            .execute(
                _ -> log.append(AuditEntry.ofRekey(AuditType.CREDENTIAL_CHANGED, about), change));

    assertThat(isChanged).isEqualTo(affectsARow);
    assertThat(query("select 1 from audit_event where subject = ?", about.name())).hasSize(events);
  }

  @Test
  void changeMayBeLongerThanARequest() {
    String text = "a".repeat(70_000);
    var entry =
        AuditEntry.ofRekey(AuditType.CREDENTIAL_CHANGED, OKTA_ITSELF)
            .changes(List.of(new AuditEvent.Change("description", null, text)));

    new TransactionTemplate(transactions).executeWithoutResult(_ -> log.append(entry));

    assertThat(
            as("payments")
                .get(
                    "/api/v1/audit-events?type=" + AuditType.CREDENTIAL_CHANGED.text() + "&limit=1")
                .text("/items/0/changes/0/to"))
        .isEqualTo(text);
  }

  @Test
  void flywayRanAsTheOwner() {
    assertThat(query("select 1 from flyway_schema_history where success")).hasSize(28);
    assertThat(query("select tableowner from pg_tables where tablename = 'audit_event'"))
        .extracting(row -> row.get("tableowner"))
        .containsExactly(PostgresServer.OWNER);
  }

  private List<String> types(String parameters) {
    return as("payments")
        .get("/api/v1/audit-events" + parameters)
        .body()
        .at("/items")
        .valueStream()
        .map(event -> event.at("/type").asString())
        .toList();
  }
}
