package dev.rekey.notification;

import dev.rekey.platform.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Which webhooks are due, who delivers them, and how far that has come. */
@Component
class DeliveryLedger {

  /** How much longer than a delivery may take nobody else takes it over. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  /** One that had to wait for another all that time has not been tried for long. */
  private static final int LEAST_TRIES = 3;

  private final JdbcClient jdbc;
  private final NotificationProperties properties;

  DeliveryLedger(JdbcClient jdbc, NotificationProperties properties) {
    this.jdbc = jdbc;
    this.properties = properties;
  }

  /**
   * Takes over one that is due: of those that have to come in order, only ever the oldest. Empty if
   * there is none.
   */
  @Transactional
  Optional<Due> claim(Target target) {
    var sendBy = Deadline.in(MARGIN);
    // The oldest is asked for as one row, by its index; "not exists" may be made a join over all.
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
              next_try_at = clock_timestamp() + make_interval(secs => :taken)
            from due where d.id = due.id
            returning d.id, d.event_id, d.body, d.tries,
              extract(epoch from clock_timestamp() - d.queued_at)::bigint as age
            """)
        .param("target", target.name())
        .param("taken", seconds(target.timeout().plus(MARGIN)))
        .query(
            (row, _) ->
                new Due(
                    row.getObject("id", UUID.class),
                    row.getObject("event_id", UUID.class),
                    row.getString("body"),
                    row.getInt("tries"),
                    Duration.ofSeconds(row.getLong("age")),
                    sendBy))
        .optional();
  }

  /** Notes that the receiver has it. */
  @Transactional
  void delivered(Due due) {
    int delivered =
        jdbc.sql(
                """
                update webhook_delivery set state = 'DELIVERED', settled_at = clock_timestamp()
                where id = :id and tries = :tries and state = 'PENDING'
                """)
            .param("id", due.id())
            .param("tries", due.tries())
            .update();
    if (delivered == 1) {
      handOn(due);
    }
  }

  // A statement of its own: it sees what was written down while the one before waited.
  private void handOn(Due settled) {
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
   * Has it tried again after a while, or gives it up if that went on for long enough.
   *
   * @return whether it was given up
   */
  @Transactional
  boolean failed(Due due, String why, Duration in) {
    boolean isDead = noteFailure(due, why, in);
    if (isDead) {
      handOn(due);
    }
    return isDead;
  }

  private boolean noteFailure(Due due, String why, Duration in) {
    return jdbc.sql(
            """
            update webhook_delivery d set last_failure = :why, state = n.state,
              settled_at = case n.state when 'DEAD' then clock_timestamp() end,
              next_try_at = clock_timestamp() + make_interval(secs => :in)
            from (
              select id, case when tries >= :least
                  and queued_at <= clock_timestamp() - make_interval(secs => :giveUp)
                then 'DEAD' else 'PENDING' end as state
              from webhook_delivery where id = :id) n
            where d.id = n.id and d.tries = :tries and d.state = 'PENDING'
            returning d.state = 'DEAD'
            """)
        .param("id", due.id())
        .param("tries", due.tries())
        .param("why", why)
        .param("least", LEAST_TRIES)
        .param("in", seconds(in))
        .param("giveUp", seconds(properties.giveUpAfter()))
        .query(Boolean.class)
        .optional()
        .orElse(false);
  }

  /**
   * Gives up those whose target is not configured any more, when their time has come.
   *
   * @return how many
   */
  @Transactional
  int abandon(List<String> targets, int most) {
    return jdbc.sql(
            """
            update webhook_delivery set state = 'DEAD', settled_at = clock_timestamp(),
              last_failure = 'its target is not configured any more'
            where id in (
              select id from webhook_delivery
              where state = 'PENDING' and target <> all (:targets)
                and created_at <= now() - make_interval(secs => :giveUp)
                and queued_at <= now() - make_interval(secs => :giveUp)
              limit :most for update skip locked)
            """)
        .param("targets", targets.toArray(String[]::new))
        .param("giveUp", seconds(properties.giveUpAfter()))
        .param("most", most)
        .update();
  }

  /**
   * Lets those go first that wait for nobody. Whoever settles one hands on to the next; this is for
   * what no target's dispatcher has settled, and for what a Rekey has that knows nothing of that.
   *
   * @return how many
   */
  @Scheduled(fixedDelayString = "1m")
  @Transactional
  int moveUp() {
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

  /**
   * Deletes those that have been settled for long enough.
   *
   * @return how many
   */
  @Transactional
  int forget(int most) {
    return forget(DeliveryState.DELIVERED, properties.keepDelivered(), most)
        + forget(DeliveryState.DEAD, properties.keepDead(), most);
  }

  private int forget(DeliveryState state, Duration keep, int most) {
    return jdbc.sql(
            """
            delete from webhook_delivery where id in (
              select id from webhook_delivery
              where state = :state and created_at <= now() - make_interval(secs => :keep)
                and settled_at <= now() - make_interval(secs => :keep)
              limit :most for update skip locked)
            """)
        .param("state", state.name())
        .param("keep", seconds(keep))
        .param("most", most)
        .update();
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
