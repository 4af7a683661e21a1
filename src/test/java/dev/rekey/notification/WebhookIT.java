package dev.rekey.notification;

import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditType;
import dev.rekey.notification.Receiver.Call;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.Subject;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringApplication;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs Rekey with two receivers of webhooks. It delivers only when a test calls {@link #deliver}.
 */
public abstract class WebhookIT extends RekeyIT {

  static final Subject CHECKOUT_ACCOUNT =
      Subject.of("keycard", "organizations/acme/service-accounts/checkout");

  /** A token in the query of the URLs. */
  static final String TOKEN = "canary-token-0f8b1d7e";

  static final String FIRST_SECRET = "whsec_Y2FuYXJ5LWZpcnN0LW9mLXR3ZW50eS1mb3VyLWJ5dGVz";
  static final String SECOND_SECRET = "whsec_Y2FuYXJ5LXNlY29uZC1vZi10d2VudHktZm91ci1ieXRlcw==";
  static final String PLAIN_SECRET = "canary-plain-of-twenty-four-bytes";

  /** Gets all types of events. */
  static final Receiver PAGER = receiver();

  /** Gets expiry events only, signed with a plain secret. */
  static final Receiver CALENDAR = receiver();

  @Autowired DispatcherLifecycle dispatchers;
  @Autowired private AuditLog audit;
  @Autowired TransactionTemplate transaction;

  private static Receiver receiver() {
    var receiver = Receiver.start();
    SpringApplication.getShutdownHandlers().add(receiver::close);
    return receiver;
  }

  @DynamicPropertySource
  static void targets(DynamicPropertyRegistry registry) {
    settings().forEach((name, value) -> registry.add(name, () -> value));
    registry.add("rekey.notifications.deliver-every", () -> "P1D");
  }

  /** The settings of the two targets. */
  static Map<String, String> settings() {
    var pager = "rekey.notifications.targets[0].";
    var calendar = "rekey.notifications.targets[1].";
    var settings = new LinkedHashMap<String, String>();
    settings.put(pager + "name", "pager");
    settings.put(pager + "url", PAGER.url() + "?token=" + TOKEN);
    settings.put(pager + "secrets[0]", FIRST_SECRET);
    settings.put(pager + "secrets[1]", SECOND_SECRET);
    settings.put(pager + "timeout", "3s");
    settings.put(calendar + "name", "calendar");
    settings.put(calendar + "url", CALENDAR.url() + "?token=" + TOKEN);
    settings.put(calendar + "secrets[0]", PLAIN_SECRET);
    settings.put(calendar + "types[0]", "credential.expiring");
    settings.put(calendar + "timeout", "3s");
    return settings;
  }

  @BeforeEach
  void reset() {
    dispatchers.stop();
    execute("delete from webhook_delivery");
    PAGER.reset();
    CALENDAR.reset();
    dispatchers.start();
  }

  /** Appends events of one credential in one transaction. */
  final void append(UUID credential, AuditType... types) {
    transaction.executeWithoutResult(
        _ -> Arrays.stream(types).forEach(type -> append(entry(credential, type))));
  }

  /** Appends an event in the transaction that is open. */
  final void append(AuditEntry entry) {
    audit.append(entry);
  }

  static AuditEntry entry(UUID credential, AuditType type) {
    return AuditEntry.ofRekey(type, CHECKOUT_ACCOUNT)
        .credential(PathId.of("cred-" + credential), credential);
  }

  /** Delivers everything that is due, and waits until nothing is in flight. */
  final void deliver() {
    do {
      dispatchers.wake();
      await().until(() -> due() == 0);
      dispatchers.stop();
      dispatchers.start();
    } while (due() > 0);
  }

  /** The number of deliveries that are due. */
  static long due() {
    return count(
        """
        select count(*) as number from (
          select distinct on (target, order_key) next_try_at from webhook_delivery
          where state = 'PENDING' order by target, order_key, number) head
        where next_try_at <= clock_timestamp()
        """);
  }

  static long count(String sql, Object... parameters) {
    return ((Number) Objects.requireNonNull(query(sql, parameters).getFirst().get("number")))
        .longValue();
  }

  /**
   * Makes all scheduled retries due. Skips claimed deliveries: claims last longer, and locked rows
   * would cause a deadlock.
   */
  static void makeRetriesDue() {
    execute(
        """
        update webhook_delivery set next_try_at = clock_timestamp() where id in (
          select id from webhook_delivery where state = 'PENDING'
            and next_try_at < clock_timestamp() + interval '20 seconds'
          for update skip locked)
        """);
  }

  /** Expires all claims. */
  static void expireClaims() {
    execute("update webhook_delivery set next_try_at = clock_timestamp() where state = 'PENDING'");
  }

  /** The states of a credential's webhooks to a target, in order. */
  static List<String> states(String target, UUID credential) {
    return query(
            "select state from webhook_delivery where target = ? and order_key = ? order by number",
            target,
            credential.toString())
        .stream()
        .map(row -> (String) row.get("state"))
        .toList();
  }

  /** The ids of a credential's events, in the order of their webhooks. */
  static List<String> events(UUID credential) {
    return query(
            "select event_id::text from webhook_delivery where target = 'pager' and order_key = ?"
                + " order by number",
            credential.toString())
        .stream()
        .map(row -> (String) row.get("event_id"))
        .toList();
  }

  /** The ids of a credential's webhooks in the order in which a receiver got them. */
  static List<String> ids(Receiver receiver, UUID credential) {
    Set<String> wanted = new HashSet<>(events(credential));
    return receiver.calls().stream().map(Call::id).filter(wanted::contains).toList();
  }

  static Call first() {
    return PAGER.calls().getFirst();
  }

  static String type(Call call) {
    return JsonMapper.shared().readTree(call.body()).path("type").asString();
  }

  static CompletableFuture<Void> runAsync(Runnable work) {
    return CompletableFuture.runAsync(work, Thread::startVirtualThread);
  }
}
