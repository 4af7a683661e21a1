package dev.rekey.notification;

import dev.rekey.access.Caller;
import dev.rekey.notification.WebhookDelivery.State;
import dev.rekey.platform.Values;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.query.Cursors;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.platform.query.Cursors.PageRequest;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.query.Slice;
import dev.rekey.platform.web.Revalidated;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Lists webhook deliveries, and redelivers dead letters. */
@RestController
@RequestMapping(path = "/api/v1/webhook-deliveries", produces = MediaType.APPLICATION_JSON_VALUE)
public class WebhookDeliveryController {

  private final WebhookLedger ledger;
  private final Cursors cursors;

  WebhookDeliveryController(WebhookLedger ledger, Cursors cursors) {
    this.ledger = ledger;
    this.cursors = cursors;
  }

  @GetMapping
  @Revalidated
  public ResponseEntity<Slice<WebhookDelivery>> list(
      @RequestParam(name = "state", required = false) @Nullable Values state,
      @RequestParam(name = "target", required = false) @Nullable Values target,
      @ModelAttribute PageQuery paging) {
    List<State> states = QueryText.anyOf("state", state, State.values());
    List<String> targets = target == null ? List.of() : target.split();
    if (!targets.stream().allMatch(name -> Target.NAME.matcher(name).matches())) {
      throw ProblemType.INVALID_PARAMETER.with(
          "target has to be a target's name: lower-case letters, digits and hyphens.");
    }
    PageRequest page = cursors.page(paging, List.of("webhook-deliveries", states, targets));
    return page.slice(
            ledger.find(states, targets, page.after(), page.rows()), WebhookDelivery::cursor)
        .response();
  }

  @PostMapping("/{id}/redeliver")
  public WebhookDelivery redeliver(Caller caller, @PathVariable(name = "id") UUID id) {
    return ledger.redeliver(caller, id);
  }
}
