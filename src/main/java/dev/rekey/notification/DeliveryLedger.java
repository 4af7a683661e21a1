package dev.rekey.notification;

import dev.rekey.notification.WebhookDelivery.State;
import dev.rekey.platform.Deadline;
import dev.rekey.platform.query.SqlTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Claims due deliveries, and records their results. */
@Component
class DeliveryLedger {

  /** A claim is valid for the target's timeout and this margin. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  /** Required before giving up: a delivery may have waited for an older one all the time. */
  private static final int MIN_TRIES = 3;

  private final JdbcClient jdbc;
  private final NotificationProperties properties;

  DeliveryLedger(JdbcClient jdbc, NotificationProperties properties) {
    this.jdbc = jdbc;
    this.properties = properties;
  }

  /**
   * A delivery that this replica claimed and sends now, pending for its age.
   *
   * @param eventId receivers recognize repetitions by it
   * @param tries the number of claims with this one; a result counts only while it is unchanged
   * @param sendBy nothing is sent after it, because another replica may have claimed it by then
   */
  record ClaimedDelivery(
      UUID id, UUID eventId, String body, int tries, Duration age, Deadline sendBy) {}

  /**
   * Claims a due delivery, the oldest of its credential; empty if none is due. The result has to be
   * recorded before the claim expires, else another replica may send it too.
   */
  @Transactional
  Optional<ClaimedDelivery> claim(Target target) {
    var sendBy = Deadline.in(MARGIN);
    // A subquery by index for the oldest: "not exists" may be planned as a join of all rows.
    return jdbc.sql(
            """
            with due as (
              select d.id from webhook_delivery d
              where d.target = :target and d.state = 'PENDING' and d.is_first
                and d.next_try_at <= now() and d.id = (
                  select oldest.id from webhook_delivery oldest
                  where oldest.target = d.target and oldest.order_key = d.order_key
                    and oldest.state = 'PENDING'
                  order by oldest.number limit 1)
              order by d.next_try_at limit 1 for update skip locked)
            update webhook_delivery d set tries = d.tries + 1,
              next_try_at = clock_timestamp() + make_interval(secs => :claimed)
            from due where d.id = due.id
            returning d.id, d.event_id, d.body, d.tries,
              extract(epoch from clock_timestamp() - d.queued_at)::bigint as age
            """)
        .param("target", target.name())
        .param("claimed", SqlTime.seconds(target.timeout().plus(MARGIN)))
        .query(
            (row, _) ->
                new ClaimedDelivery(
                    row.getObject("id", UUID.class),
                    row.getObject("event_id", UUID.class),
                    row.getString("body"),
                    row.getInt("tries"),
                    Duration.ofSeconds(row.getLong("age")),
                    sendBy))
        .optional();
  }

  /** Records a delivery that succeeded; does nothing if the claim was lost. */
  @Transactional
  void recordDelivered(ClaimedDelivery claimed) {
    int delivered =
        jdbc.sql(
                """
                update webhook_delivery set state = 'DELIVERED', settled_at = clock_timestamp()
                where id = :id and tries = :tries and state = 'PENDING'
                """)
            .param("id", claimed.id())
            .param("tries", claimed.tries())
            .update();
    if (delivered == 1) {
      promoteNext(claimed);
    }
  }

  // A second statement, so that it sees deliveries that committed while the first one waited.
  private void promoteNext(ClaimedDelivery settled) {
    jdbc.sql(
            """
            update webhook_delivery set is_first = true
            where not is_first and id = (
              select next.id from webhook_delivery settled
              join webhook_delivery next using (target, order_key)
              where settled.id = :id and next.state = 'PENDING'
              order by next.number limit 1)
            """)
        .param("id", settled.id())
        .update();
  }

  /**
   * Records a failed try, and schedules a retry or gives up; does nothing if the claim was lost.
   * Returns whether it gave up.
   */
  @Transactional
  boolean recordFailure(ClaimedDelivery claimed, String reason, Duration retryIn) {
    boolean isDead =
        jdbc.sql(
                """
                update webhook_delivery d set last_failure = :reason, state = n.state,
                  settled_at = case n.state when 'DEAD' then clock_timestamp() end,
                  next_try_at = clock_timestamp() + make_interval(secs => :retryIn)
                from (
                  select id, case when tries >= :minTries
                      and queued_at <= clock_timestamp() - make_interval(secs => :giveUp)
                    then 'DEAD' else 'PENDING' end as state
                  from webhook_delivery where id = :id) n
                where d.id = n.id and d.tries = :tries and d.state = 'PENDING'
                returning d.state = 'DEAD'
                """)
            .param("id", claimed.id())
            .param("tries", claimed.tries())
            .param("reason", reason)
            .param("minTries", MIN_TRIES)
            .param("retryIn", SqlTime.seconds(retryIn))
            .param("giveUp", SqlTime.seconds(properties.giveUpAfter()))
            .query(Boolean.class)
            .optional()
            .orElse(false);
    if (isDead) {
      promoteNext(claimed);
    }
    return isDead;
  }

  /** Gives up old deliveries whose target is no longer configured; returns how many. */
  @Transactional
  int giveUpRemovedTargets(List<String> targets, int limit) {
    return jdbc.sql(
            """
            update webhook_delivery set state = 'DEAD', settled_at = clock_timestamp(),
              last_failure = 'target is no longer configured'
            where id in (
              select id from webhook_delivery
              where state = 'PENDING' and target <> all (:targets)
                and created_at <= now() - make_interval(secs => :giveUp)
                and queued_at <= now() - make_interval(secs => :giveUp)
              limit :limit for update skip locked)
            """)
        .param("targets", targets.toArray(String[]::new))
        .param("giveUp", SqlTime.seconds(properties.giveUpAfter()))
        .param("limit", limit)
        .update();
  }

  /**
   * Marks the oldest pending delivery of each credential as first; returns how many. Recording a
   * result does this too; this covers those given up in bulk or by an older version of Rekey.
   */
  @Scheduled(fixedDelayString = "1m")
  @Transactional
  int promoteHeads() {
    return jdbc.sql(
            """
            update webhook_delivery set is_first = true where id in (
              select id from (
                select distinct on (target, order_key) id, is_first from webhook_delivery
                where state = 'PENDING' order by target, order_key, number) oldest
              where not is_first)
            """)
        .update();
  }

  /** Deletes old delivered webhooks and dead letters; returns how many. */
  @Transactional
  int deleteSettled(int limit) {
    return deleteSettled(State.DELIVERED, properties.keepDelivered(), limit)
        + deleteSettled(State.DEAD, properties.keepDead(), limit);
  }

  private int deleteSettled(State state, Duration keep, int limit) {
    return jdbc.sql(
            """
            delete from webhook_delivery where id in (
              select id from webhook_delivery
              where state = :state and created_at <= now() - make_interval(secs => :keep)
                and settled_at <= now() - make_interval(secs => :keep)
              limit :limit for update skip locked)
            """)
        .param("state", state.name())
        .param("keep", SqlTime.seconds(keep))
        .param("limit", limit)
        .update();
  }
}
