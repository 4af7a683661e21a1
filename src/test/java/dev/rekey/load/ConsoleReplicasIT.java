package dev.rekey.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.load.LiveHistory.Row;
import dev.rekey.run.Control;
import dev.rekey.run.Http;
import dev.rekey.run.RekeyProcess;
import dev.rekey.run.Scrape;
import dev.rekey.run.Surroundings;
import dev.rekey.run.Tokens;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.util.UriComponentsBuilder;
import tools.jackson.databind.JsonNode;

/** Two replicas behind a proxy serve the console to one person, as if they were one. */
@Tag("chaos")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class ConsoleReplicasIT {

  private static final String PERSON = "admin";
  private static final List<Target> TARGETS = Target.some(4);
  private static final String OKTA = "apps/crm/connectors/okta";
  private static final String CHECKOUT = "organizations/acme/service-accounts/checkout";
  private static final Pattern PAGES =
      Pattern.compile("http_server_requests_seconds_count\\{.*status=\"200\",uri=\"/console.*");

  @TempDir private Path directory;

  private final Refusals refusals = new Refusals();
  private final AtomicInteger rotations = new AtomicInteger();
  private final List<RekeyProcess> replicas = new ArrayList<>();
  private Surroundings surroundings;
  private Balancer balancer;

  @BeforeEach
  void startTwoReplicas() {
    surroundings = Surroundings.start();
    new Control(surroundings.sandbox()).seed(Target.seed(TARGETS.size() / 2));
    balancer = new Balancer();
    for (int i = 0; i < 2; i++) {
      RekeyProcess replica = start("replica-" + i);
      replicas.add(replica);
      balancer.add(replica);
    }
    await().atMost(Duration.ofMinutes(1)).until(() -> balancer.has(2));
  }

  private RekeyProcess start(String name) {
    var properties = new HashMap<>(surroundings.properties());
    properties.putAll(Chaos.FAST);
    properties.putAll(surroundings.console());
    properties.put("rekey.console.url", balancer.url().toString());
    return RekeyProcess.start(properties, directory.resolve(name + ".log"), Duration.ofMinutes(5));
  }

  @AfterEach
  void stop() {
    try (var _ = surroundings;
        var _ = balancer) {
      replicas.forEach(RekeyProcess::close);
    }
  }

  @Test
  void killedReplicaCostsOneNewConnectionOfTheLiveHistory() {
    TARGETS.forEach(this::rotate);
    try (var person = new ConsoleUser(balancer.url(), refusals).logIn(PERSON);
        var window = person.window(balancer.url())) {
      String session = person.sessionId();
      String stream = streamOf(person.open("/console/history/live"));
      try (var live = new LiveHistory(person.session(), stream, refusals)) {
        RekeyProcess victim = replicaWithTheStream();
        HtmlPage form = openAt(victim, window, ConsoleUser.POLICIES);
        Instant killed;
        Instant known;
        try (var _ = BackgroundTask.repeat(this::rotateNext);
            var _ = BackgroundTask.repeat(() -> person.work(OKTA))) {
          awaitThat(() -> replicas.stream().allMatch(each -> pages(each) > 20));
          assertThat(refusals.all()).isEmpty();

          killed = Instant.now();
          victim.kill();
          replicas.remove(victim);
          int rows = live.rows().size();
          int actions = person.done().size();
          awaitThat(() -> balancer.has(1));
          known = Instant.now();
          window.pause(form, CHECKOUT, "form of the killed replica");
          awaitThat(() -> person.done().size() > actions + 3);
          awaitThat(() -> live.rows().size() > rows + 20);
        }

        List<JsonNode> events = tailAfter(positionOf(stream));
        long last = events.getLast().path("seq").asLong();
        awaitThat(() -> live.rows().getLast().seq() >= last);
        assertThat(live.rows().stream().filter(row -> row.seq() <= last))
            .containsExactlyElementsOf(rows(events));
        assertThat(live.connections()).isEqualTo(2);
        assertThat(reasonsOfPauses(events))
            .containsExactlyInAnyOrderElementsOf(
                Stream.of(person, window).flatMap(each -> each.done().stream()).toList());
        assertThat(List.of(person.sessionId(), window.sessionId())).containsOnly(session);
        System.out.printf(
            "%d events, %d requests without a response%n", events.size(), refusals.all().size());
        assertThat(refusals.all())
            .allMatch(each -> each.failed().isAfter(killed) && each.begun().isBefore(known));
      }
    }
  }

  @Test
  void logoutAtOneReplicaIsOneAtTheOther() {
    try (var person = new ConsoleUser(balancer.url(), refusals).logIn(PERSON);
        var first = person.window(address(replicas.getFirst()));
        var second = person.window(address(replicas.getLast()))) {
      second.open("/console");

      first.logOut();

      assertThat(second.isLoggedOut()).isTrue();
    }
  }

  private static URI address(RekeyProcess replica) {
    return URI.create("http://localhost:" + replica.port());
  }

  private void rotateNext() {
    rotate(TARGETS.get(rotations.getAndIncrement() % TARGETS.size()));
    Pauses.between(Duration.ofMillis(50), Duration.ofMillis(200));
  }

  /** Does not care about the secret, nor whether there is one. */
  private void rotate(Target target) {
    Instant begun = Instant.now();
    try {
      api()
          .with("Idempotency-Key", UUID.randomUUID().toString())
          .post(target.path(), target.body());
    } catch (UncheckedIOException e) {
      refusals.add("POST " + target.path(), begun);
    }
  }

  private Http api() {
    return Http.at(balancer.url()).bearer(Tokens.of(surroundings.sandbox(), PERSON));
  }

  private static String streamOf(HtmlPage live) {
    return live.<DomElement>querySelector("tbody").getAttribute("sse-connect");
  }

  /** The sequence number after which a stream starts. */
  private static long positionOf(String stream) {
    return Long.parseLong(
        UriComponentsBuilder.fromUriString(stream).build().getQueryParams().getFirst("afterSeq"));
  }

  private RekeyProcess replicaWithTheStream() {
    awaitThat(() -> replicas.stream().anyMatch(ConsoleReplicasIT::hasStream));
    return replicas.stream().filter(ConsoleReplicasIT::hasStream).findFirst().orElseThrow();
  }

  private static boolean hasStream(RekeyProcess replica) {
    return Scrape.of(replica.management()).of("rekey_audit_streams_open") == 1;
  }

  /** Opens a page through the proxy until this replica has served it. */
  private HtmlPage openAt(RekeyProcess replica, ConsoleUser person, String path) {
    long before;
    HtmlPage page;
    do {
      before = pages(replica);
      long all = pagesOfAll();
      page = person.open(path);
      awaitThat(() -> pagesOfAll() == all + 1);
    } while (pages(replica) == before);
    return page;
  }

  private long pagesOfAll() {
    return replicas.stream().mapToLong(ConsoleReplicasIT::pages).sum();
  }

  /** How many pages of the console a replica has served. */
  private static long pages(RekeyProcess replica) {
    Scrape scrape = Scrape.of(replica.management());
    return (long)
        scrape.series().stream()
            .filter(series -> PAGES.matcher(series).matches())
            .mapToDouble(scrape::of)
            .sum();
  }

  /** All sealed events after a sequence number that the person may see. */
  private List<JsonNode> tailAfter(long start) {
    awaitThat(this::isAllSealed);
    var events = new ArrayList<JsonNode>();
    long after = start;
    JsonNode page;
    do {
      page = api().get("/api/v1/audit-events/tail?limit=500&afterSeq=" + after).body();
      page.path("items").forEach(events::add);
      after = page.path("nextAfterSeq").asLong();
    } while (after < page.path("headSeq").asLong());
    return events;
  }

  private boolean isAllSealed() {
    String unsealed =
        "select exists (select from audit_event e where not exists"
            + " (select from audit_seal s where s.event_id = e.id))";
    return surroundings.postgres().text(unsealed).equals("f");
  }

  private static List<Row> rows(List<JsonNode> events) {
    return events.stream()
        .map(event -> new Row(event.path("seq").asLong(), event.path("id").asString()))
        .toList();
  }

  private static List<String> reasonsOfPauses(List<JsonNode> events) {
    return events.stream()
        .filter(event -> event.path("type").asString().equals("automation.paused"))
        .map(event -> event.path("reason").asString())
        .toList();
  }

  private static void awaitThat(Callable<Boolean> condition) {
    await().atMost(Duration.ofMinutes(2)).until(condition);
  }
}
