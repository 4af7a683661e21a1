package dev.rekey.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.Test;

class IntegrityPageIT extends ConsoleIT {

  private static final String PAGE = "/console/integrity";

  @Test
  void showsHowFarTheHistoryIsSealedAndSigned() {
    keyed("payments").post(ROTATE, OKTA);
    awaitAllSealed();
    await()
        .until(
            () ->
                numberOf("select coalesce(max(seq), 0) from audit_checkpoint")
                    == numberOf("select max(seq) from audit_seal"));
    long head = numberOf("select max(seq) from audit_seal");

    HtmlPage page = browser("auditor").open(PAGE);

    assertThat(texts(page, ".numbers li"))
        .contains(head + " events are sealed", head + " of them are signed");
    assertThat(texts(page, "td[data-label='Last event']")).startsWith(Long.toString(head));
    assertThat(texts(page, "td[data-label='Head of the chain']").getFirst())
        .isEqualTo(
            query("select encode(chain_hash, 'hex') as head from audit_seal where seq = ?", head)
                .getFirst()
                .get("head"));
  }

  @Test
  void olderCheckpointsAreOnTheNextPage() throws Exception {
    await().until(() -> numberOf("select count(*) from audit_checkpoint") > 2);
    HtmlPage first = browser("auditor").open(PAGE + "?limit=1");

    HtmlPage second = first.getAnchorByText("Older checkpoints").click();

    assertThat(texts(second, "td[data-label=When]"))
        .hasSize(1)
        .doesNotContainAnyElementsOf(texts(first, "td[data-label=When]"));
  }

  @Test
  void saysHowToVerifyAndThatNoVerificationIsRecorded() {
    HtmlPage page = browser("auditor").open(PAGE);

    assertThat(page.getBody().asNormalizedText()).contains("records no verification");
    assertThat(texts(page, ".command"))
        .anyMatch(command -> command.contains("verify-audit --database \"$DATABASE\""))
        .anyMatch(
            command ->
                command.matches("(?s).*'http://localhost:\\d+/api/v1/audit-events/export'.*"));
  }

  @Test
  void needsTheScopeToReadTheHistory() {
    assertThat(browser("viewer").open(PAGE).getWebResponse().getStatusCode()).isEqualTo(403);
    assertThat(browser("payments").open(PAGE).getWebResponse().getStatusCode()).isEqualTo(200);
    assertThat(browser("admin").open(PAGE).getWebResponse().getStatusCode()).isEqualTo(200);
  }
}
