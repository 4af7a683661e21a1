package dev.rekey.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.Test;

class EventPageIT extends ConsoleIT {

  private static final String HOSTILE = "<img src=x onerror=alert(1)>\u202eabc";

  @Test
  void showsTheEventWithItsPlaceInTheChain() throws Exception {
    keyed("payments").post(ROTATE, OKTA);
    awaitAllSealed();
    HtmlPage page = browser("payments").open("/console/history/" + succeeded());

    assertThat(texts(page, "h1")).containsExactly("rotation.succeeded");
    assertThat(texts(page, ".facts dd")).contains("succeeded", OKTA_SUBJECT, requestId);
    assertThat(fact(page, "Sequence number")).matches("\\d+");
    assertThat(fact(page, "Hash")).matches("[0-9a-f]{64}");

    HtmlPage request = page.getAnchorByText("Events of the same request").click();
    HtmlPage subject = page.getAnchorByText("Events of the same subject").click();
    HtmlPage actor = page.getAnchorByText("Events of the same actor on this day").click();
    HtmlPage near = page.getAnchorByText("Events five minutes before and after").click();

    for (HtmlPage history : new HtmlPage[] {request, subject, actor, near}) {
      assertThat(texts(history, ".results td[data-label=What]"))
          .contains("rotation.requested", "rotation.succeeded");
    }
  }

  @Test
  void namesItsCredentialAndItsRotation() {
    keyed("payments").post(ROTATE, OKTA);
    UUID event = succeeded();
    var row =
        query("select credential_id, rotation_id from audit_event where id = ?", event).getFirst();

    HtmlPage page = browser("payments").open("/console/history/" + event);

    assertThat(page.getAnchorByText(String.valueOf(row.get("credential_id"))).getHrefAttribute())
        .isEqualTo("/console/credentials/" + row.get("credential_id"));
    assertThat(page.getAnchorByText(String.valueOf(row.get("rotation_id"))).getHrefAttribute())
        .isEqualTo("/console/rotations/" + row.get("rotation_id"));
  }

  @Test
  void showsTextsOfOthersAsTexts() {
    UUID event = UUID.randomUUID();
    execute(
        "insert into audit_event (id, type, occurred_at, outcome, actor_id, actor_client_id,"
            + " actor_team, actor_kind, upstream, subject, upstream_id, reason, request_id,"
            + " trace_id, source_user_agent, changes) values (?, 'credential.changed', now(),"
            + " 'succeeded', ?, ?, ?, 'caller', 'keycard', ?, ?, ?, ?, ?, ?, ?::jsonb)",
        event,
        HOSTILE,
        HOSTILE,
        HOSTILE,
        HOSTILE,
        HOSTILE,
        HOSTILE,
        HOSTILE,
        HOSTILE,
        HOSTILE,
        "[{\"field\":\"%s\",\"from\":\"%s\",\"to\":\"%s\"}]".formatted(HOSTILE, HOSTILE, HOSTILE));

    HtmlPage page = browser("auditor").open("/console/history/" + event);

    assertThat(page.getWebResponse().getStatusCode()).isEqualTo(200);
    assertThat(page.querySelectorAll("img")).isEmpty();
    assertThat(texts(page, "bdi")).filteredOn(HOSTILE::equals).hasSize(12);
  }

  @Test
  void eventOfAnotherTeamIsNotFound() {
    keyed("payments").post(ROTATE, OKTA);
    UUID event = succeeded();

    assertThat(status("search", event)).isEqualTo(404);
    assertThat(status("auditor", event)).isEqualTo(200);
    assertThat(status("admin", event)).isEqualTo(200);
    assertThat(status("viewer", event)).isEqualTo(403);
    assertThat(status("auditor", UUID.randomUUID())).isEqualTo(404);
  }

  private int status(String person, UUID event) {
    return browser(person).open("/console/history/" + event).getWebResponse().getStatusCode();
  }

  private static String fact(HtmlPage page, String name) {
    return page.<DomElement>getFirstByXPath("//dt[.='" + name + "']/following-sibling::dd[1]")
        .asNormalizedText();
  }

  private UUID succeeded() {
    return UUID.fromString(
        String.valueOf(
            query(
                    "select id from audit_event"
                        + " where request_id = ? and type = 'rotation.succeeded'",
                    requestId)
                .getFirst()
                .get("id")));
  }
}
