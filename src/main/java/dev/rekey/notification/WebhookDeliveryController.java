package dev.rekey.notification;

import dev.rekey.access.Caller;
import dev.rekey.notification.WebhookDeliveries.Filter;
import dev.rekey.platform.Answers;
import dev.rekey.platform.Cursor;
import dev.rekey.platform.Paging;
import dev.rekey.platform.ProblemType;
import dev.rekey.platform.Slice;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows operators how webhooks stand, and lets them put dead letters back. */
@RestController
@RequestMapping(path = "/api/v1/webhook-deliveries", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Webhooks", description = "Who was told of what, and who could not be.")
@Answers(ProblemType.RECORD_UNAVAILABLE)
class WebhookDeliveryController {

  private final WebhookDeliveries deliveries;
  private final RedeliveryLedger ledger;

  WebhookDeliveryController(WebhookDeliveries deliveries, RedeliveryLedger ledger) {
    this.deliveries = deliveries;
    this.ledger = ledger;
  }

  @GetMapping
  @Operation(
      operationId = "listWebhookDeliveries",
      summary = "List webhooks",
      description =
          "One for each event and target, newest first. state=DEAD is what operators have to look"
              + " at: the receiver was never told. What was delivered is shown for some days.")
  ResponseEntity<Slice<WebhookDelivery>> list(
      @RequestParam(name = "state", required = false)
          @Parameter(description = "Only those that stand so.", example = "DEAD")
          @Nullable DeliveryState state,
      @RequestParam(name = "target", required = false)
          @Parameter(description = "Only those to the target of this name.", example = "pager")
          @Nullable String target,
      @RequestParam(name = "limit", required = false) @Paging.Limit @Nullable Integer limit,
      @RequestParam(name = "cursor", required = false) @Paging.Next @Nullable String cursor) {
    var filter = new Filter(state, name(target));
    var after = cursor == null ? null : Cursor.decode(cursor, filter.parts());
    int size = Slice.limit(limit);
    return Slice.of(
            deliveries.find(filter, after, size + 1), size, WebhookDelivery::place, filter.parts())
        .response();
  }

  @PostMapping("/{id}/redeliver")
  @Answers({ProblemType.NOT_FOUND, ProblemType.WRONG_STATE})
  @Operation(
      operationId = "redeliverWebhook",
      summary = "Put a dead letter back",
      description =
          "It is tried again at once, and for as long as a new one would be. Later events of the"
              + " same credential may have been delivered meanwhile. The history says who did it.")
  WebhookDelivery redeliver(
      Caller caller,
      @PathVariable(name = "id")
          @Parameter(
              description = "The webhook's id.",
              example = "019aa8a6-0d1f-7c3d-8e4f-5a6b7c8d9e0f")
          UUID id) {
    return ledger.redeliver(caller, id);
  }

  private static @Nullable String name(@Nullable String target) {
    if (target != null && !Targets.NAME.matcher(target).matches()) {
      throw ProblemType.INVALID_PARAMETER
          .with("target has to be a target's name: small letters, digits and hyphens.")
          .exception();
    }
    return target;
  }
}
