package dev.rekey.console;

import static dev.rekey.console.Responses.body;

import dev.rekey.access.Caller;
import dev.rekey.notification.WebhookDelivery;
import dev.rekey.notification.WebhookDelivery.State;
import dev.rekey.notification.WebhookDeliveryController;
import dev.rekey.platform.Values;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.platform.query.Slice;
import dev.rekey.platform.query.Total;
import jakarta.servlet.http.HttpServletRequest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;

/** The webhook deliveries, the dead ones first. */
@ConsolePage
class WebhooksPage {

  private static final String PATH = "/console/webhooks";
  private static final String API = "/api/v1/webhook-deliveries";
  private static final int MOST_DEAD = 20;
  private static final State[] DEAD_FIRST = {State.DEAD, State.PENDING, State.DELIVERED};

  private final WebhookDeliveryController webhooks;

  WebhooksPage(WebhookDeliveryController webhooks) {
    this.webhooks = webhooks;
  }

  @GetMapping(PATH)
  @StandsOn("GET " + API)
  String show(
      @RequestParam(name = "state", required = false) @Nullable Values state,
      @RequestParam(name = "target", required = false) @Nullable Values target,
      @ModelAttribute PageQuery paging,
      Model page,
      HttpServletRequest request) {
    Slice<WebhookDelivery> found = body(webhooks.list(state, target, paging));
    page.addAttribute("found", found);
    page.addAttribute("total", paging.cursor() == null ? total(found) : null);
    page.addAttribute("states", Choice.of("state", "State", state, DEAD_FIRST));
    page.addAttribute("target", target == null ? null : target.toString());
    page.addAttribute("here", PageUrl.of(request));
    if (state == null && target == null && paging.cursor() == null) {
      Slice<WebhookDelivery> dead =
          body(webhooks.list(Values.of("DEAD"), null, new PageQuery(MOST_DEAD, null)));
      page.addAttribute("dead", dead);
    }
    return "console/webhooks";
  }

  /**
   * The API does not count webhooks. The first page of a list shows how many there are at least.
   */
  private static Total total(Slice<WebhookDelivery> first) {
    return new Total(first.items().size(), first.nextCursor() == null);
  }

  @PostMapping(PATH + "/{id}/redeliver")
  @StandsOn("POST " + API + "/{id}/redeliver")
  RedirectView redeliver(Caller caller, @PathVariable("id") UUID id, RedirectAttributes next) {
    WebhookDelivery pending = webhooks.redeliver(caller, id);
    return Redirects.done(PATH, "Rekey sends the webhook to " + pending.target() + " again.", next);
  }
}
