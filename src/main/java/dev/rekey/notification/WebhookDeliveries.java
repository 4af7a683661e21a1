package dev.rekey.notification;

import dev.rekey.audit.AuditType;
import dev.rekey.platform.query.Cursor;
import dev.rekey.platform.query.SqlTime;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads webhook deliveries. */
@Component
class WebhookDeliveries {

  private final JdbcClient jdbc;

  WebhookDeliveries(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Selects deliveries; null matches all. */
  record Filter(@Nullable DeliveryState state, @Nullable String target) {

    /** The list's identity, for its cursors. */
    List<@Nullable Object> parts() {
      return Arrays.asList("webhook-deliveries", state, target);
    }
  }

  /** Reads one page, newest first, after a position; null for the first page. */
  List<WebhookDelivery> find(Filter filter, @Nullable Cursor after, int limit) {
    // Reads each state by its index, which is in order.
    var query =
        jdbc.sql(
                """
                select d.* from unnest(:states) as s (state) cross join lateral (
                  select d.* from webhook_delivery d where d.state = s.state%s%s
                  order by d.created_at desc, d.id desc limit :limit) d
                order by d.created_at desc, d.id desc limit :limit
                """
                    .formatted(
                        filter.target() == null ? "" : " and d.target = :target",
                        after == null ? "" : " and (d.created_at, d.id) < (:at, :id)"))
            .param("states", states(filter))
            .param("limit", limit);
    if (filter.target() != null) {
      query = query.param("target", filter.target());
    }
    if (after != null) {
      query = query.param("at", SqlTime.of(after.at())).param("id", after.id());
    }
    return query.query(WebhookDeliveries::delivery).list();
  }

  private static String[] states(Filter filter) {
    return Arrays.stream(DeliveryState.values())
        .filter(state -> filter.state() == null || filter.state() == state)
        .map(DeliveryState::name)
        .toArray(String[]::new);
  }

  /** Reads and locks the delivery with this id until the transaction ends. */
  Optional<WebhookDelivery> lock(UUID id) {
    return jdbc.sql("select * from webhook_delivery where id = :id for update")
        .param("id", id)
        .query(WebhookDeliveries::delivery)
        .optional();
  }

  private static WebhookDelivery delivery(ResultSet row, int index) throws SQLException {
    var state = DeliveryState.valueOf(row.getString("state"));
    return new WebhookDelivery(
        row.getObject("id", UUID.class),
        row.getString("target"),
        row.getObject("event_id", UUID.class),
        AuditType.of(row.getString("event_type")).orElseThrow(),
        row.getString("subject"),
        state,
        row.getInt("tries"),
        SqlTime.instant(row, "created_at"),
        state == DeliveryState.PENDING ? SqlTime.instant(row, "next_try_at") : null,
        SqlTime.nullableInstant(row, "settled_at"),
        row.getString("last_failure"),
        row.getString("body"));
  }
}
