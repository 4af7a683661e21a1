package dev.rekey.console;

import static dev.rekey.run.Json.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.util.UUID;
import org.htmlunit.WebRequest;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlInput;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The forms that filter lists work the same with and without scripts. */
class FiltersIT extends ConsoleIT {

  private static final String ACCOUNT = "organizations/acme/service-accounts/checkout";

  /** The pages with lists, each with a filter that finds a part of its list. */
  enum ListPage {
    INVENTORY("/console/credentials", "subject", OKTA_SUBJECT, OKTA_SUBJECT, ACCOUNT),
    ROTATIONS("/console/rotations", "subject", OKTA_SUBJECT, OKTA_SUBJECT, ACCOUNT),
    FINDINGS("/console/findings", "subject", OKTA_SUBJECT, OKTA_SUBJECT, ACCOUNT),
    HISTORY("/console/history", "subject", OKTA_SUBJECT, OKTA_SUBJECT, ACCOUNT),
    WEBHOOKS("/console/webhooks", "target", "pager", "pager", "siren"),
    PREVIEW("/console/policies/preview", "days", "1", "in the next day", "in the next 30 days");

    private final String path;
    private final String field;
    private final String value;
    private final String found;
    private final String leftOut;

    ListPage(String path, String field, String value, String found, String leftOut) {
      this.path = path;
      this.field = field;
      this.value = value;
      this.found = found;
      this.leftOut = leftOut;
    }
  }

  @BeforeEach
  void fillLists() {
    keyed("payments").post(ROTATE, OKTA);
    keyed("payments").post(CHECKOUT, json("name", "primary"));
    finding("no-owner", OKTA_SUBJECT, "{}");
    finding("no-owner", ACCOUNT, "{}");
    execute("delete from webhook_delivery");
    webhook("pager");
    webhook("siren");
  }

  @ParameterizedTest
  @EnumSource
  void formFiltersWithoutScripts(ListPage list) {
    HtmlPage all = browser("admin").open(list.path);
    fill(all, field(list), list.value);

    HtmlPage some = press(all, "form[data-filter] button");

    assertThat(results(all)).contains(list.leftOut);
    assertIsFiltered(some, list);
  }

  @ParameterizedTest
  @EnumSource
  void formFiltersWithScripts(ListPage list) {
    HtmlPage all = browser("admin").open(list.path);
    fill(all, field(list), list.value);
    var form = (HtmlForm) Browser.element(all, "form[data-filter]");
    WebRequest request = form.getWebRequest(null);
    request.setAdditionalHeader("HX-Request", "true");

    var some = (HtmlPage) browser("admin").send(request);

    assertThat(form.getAttribute("hx-get")).isEqualTo(form.getActionAttribute());
    assertThat(form.getAttribute("hx-push-url")).isEqualTo("true");
    assertThat(form.getAttribute("hx-select")).isEqualTo("#results");
    assertThat(all.querySelectorAll(form.getAttribute("hx-target"))).hasSize(1);
    assertIsFiltered(some, list);
  }

  private void assertIsFiltered(HtmlPage some, ListPage list) {
    assertThat(results(some)).contains(list.found).doesNotContain(list.leftOut);
    assertThat(URLDecoder.decode(some.getUrl().getQuery(), UTF_8).split("&"))
        .contains(list.field + "=" + list.value);
    HtmlPage again = browser("admin").open(some.getUrl().getFile());
    assertThat(again.getUrl()).isEqualTo(some.getUrl());
    assertThat(results(again)).contains(list.found).doesNotContain(list.leftOut);
    assertThat(((HtmlInput) Browser.element(again, field(list))).getValue()).isEqualTo(list.value);
  }

  private static String field(ListPage list) {
    return "form[data-filter] [name=" + list.field + "]";
  }

  private static String results(HtmlPage page) {
    return String.join("\n", texts(page, "#results"));
  }

  private static void webhook(String target) {
    var id = UUID.randomUUID();
    execute(
        """
        insert into webhook_delivery (
          id, target, event_id, event_type, order_key, body, state, tries, settled_at, is_first)
        values (?, ?, gen_random_uuid(), 'credential.missing', ?, '{}', 'DELIVERED', 1, now(), false)
        """,
        id,
        target,
        id.toString());
  }
}
