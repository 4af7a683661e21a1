package dev.rekey.credential;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.access.SubjectFilter;
import dev.rekey.access.SubjectPattern;
import dev.rekey.access.Visibility;
import dev.rekey.credential.Inventory.Entry;
import dev.rekey.credential.RandomInventory.Row;
import dev.rekey.credential.RandomInventory.Search;
import dev.rekey.platform.Values;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.Cursor;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.PostgresServer;
import dev.rekey.upstream.Upstreams;
import java.net.URLEncoder;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/**
 * All pages of a search have the credentials that a check of every row finds, for random searches,
 * orders and callers, and while rows are added and changed.
 */
class InventoryPropertyIT extends RekeyIT {

  private static final long SEED = 20261126;
  private static final int CREDENTIALS = 900;
  private static final int SEARCHES = 120;
  private static final Map<String, @Nullable List<String>> SEEN_BY = seenBy();

  private static final List<Visibility> BY_PATTERNS =
      List.of(
          new Visibility.Only(
              List.of(
                  new SubjectPattern("apps/*/connectors/*"),
                  new SubjectPattern("organizations/acme/service-accounts/*"))));

  @Autowired private Inventory sorting;
  @Autowired private JdbcClient jdbc;
  @Autowired private BoundedQueries queries;
  @Autowired private Upstreams upstreams;
  @Autowired private NextRotations rotations;

  private final RandomInventory inventory = new RandomInventory(SEED);

  /** All states of each credential since the search began; the last one is the current state. */
  private final Map<UUID, List<Row>> known = new HashMap<>();

  private static Map<String, @Nullable List<String>> seenBy() {
    var subjects = new HashMap<String, @Nullable List<String>>();
    subjects.put("payments", RandomInventory.GRANTED.get("payments"));
    subjects.put("viewer", RandomInventory.GRANTED.get("payments"));
    subjects.put("search", RandomInventory.GRANTED.get("search"));
    subjects.put("auditor", null);
    subjects.put("admin", null);
    return subjects;
  }

  @Test
  void pagesAgreeWithACheckOfEveryRow() throws SQLException {
    int shown = 0;
    int moved = 0;
    try (Connection connection = postgres().connect(PostgresServer.SERVICE)) {
      write(connection, Stream.generate(inventory::row).limit(CREDENTIALS).toList());
      for (int i = 0; i < SEARCHES; i++) {
        known.replaceAll((_, states) -> new ArrayList<>(List.of(states.getLast())));
        Search search = inventory.search();
        String caller = inventory.one(SEEN_BY.keySet().stream().sorted().toList());
        Set<UUID> old = Set.copyOf(known.keySet());

        List<UUID> found = pages(connection, search, caller);

        String asked = i + ": " + caller + " " + search;
        List<UUID> steady = found.stream().filter(id -> old.contains(id) && isSteady(id)).toList();
        assertThat(steady).as(asked).isEqualTo(expected(search, caller, old));
        assertThat(found.stream().filter(id -> keeps(search, id)).toList())
            .as(asked)
            .doesNotHaveDuplicates();
        assertThat(found)
            .as(asked)
            .allMatch(id -> states(id).stream().anyMatch(row -> matches(search, caller, row)));
        shown += steady.size();
        moved += found.size() - steady.size();
      }
    }
    // Fewer would make the comparison too easy.
    assertThat(shown).isGreaterThan(8_000);
    assertThat(moved).isGreaterThan(150);
  }

  @Test
  void readingInOrderFindsTheSameAsSorting() throws SQLException {
    try (Connection connection = postgres().connect(PostgresServer.SERVICE)) {
      write(connection, Stream.generate(inventory::row).limit(CREDENTIALS).toList());
    }
    var inOrder = new Inventory(jdbc, queries, upstreams, rotations, 0);
    int shown = 0;
    for (int i = 0; i < SEARCHES / 3; i++) {
      Search search = inventory.search();
      int limit = inventory.upTo(200);

      List<UUID> found = pages(inOrder, search, limit);

      assertThat(found).as("%d: %s", i, search).isEqualTo(pages(sorting, search, limit));
      shown += found.size();
    }
    assertThat(shown).isGreaterThan(2_500);
  }

  @Test
  void totalAndCsvAgreeWithThePages() throws SQLException {
    try (Connection connection = postgres().connect(PostgresServer.SERVICE)) {
      write(connection, Stream.generate(inventory::row).limit(CREDENTIALS).toList());
    }
    int shown = 0;
    long exact = 0;
    for (int i = 0; i < SEARCHES / 2; i++) {
      Search search = inventory.search();
      String caller = inventory.one(SEEN_BY.keySet().stream().sorted().toList());
      String path = "/api/v1/credentials?" + query(search);
      var pages = new ArrayList<Answer>();
      String next = path + "total=estimate&limit=" + inventory.one(List.of(60, 500));
      while (next != null) {
        Answer page = as(caller).get(next);
        assertThat(page.status()).as(next).isEqualTo(200);
        pages.add(page);
        next = link(page);
      }

      Answer csv = as(caller).get(path + "format=csv");

      List<String> items =
          pages.stream()
              .flatMap(page -> page.body().at("/items").valueStream())
              .map(item -> item.at("/id").asString())
              .toList();
      String asked = i + ": " + caller + " " + search;
      assertThat(pages)
          .as(asked)
          .allSatisfy(
              page -> {
                JsonNode total = page.body().path("total");
                // A loaded machine may need longer than a count may take.
                assertThat(total.path("count").asInt(-1))
                    .isBetween(total.path("exact").asBoolean() ? items.size() : 0, items.size());
              });
      assertThat(Csv.column(csv, "id")).as(asked).isEqualTo(items);
      shown += items.size();
      exact += pages.stream().filter(page -> page.body().at("/total/exact").asBoolean()).count();
    }
    assertThat(shown).isGreaterThan(4_000);
    assertThat(exact).isGreaterThan(SEARCHES / 3);
  }

  private List<UUID> pages(Inventory inventory, Search search, int limit) {
    var filter =
        new InventoryFilter(
            search.upstreams(),
            SubjectFilter.of(upstreams, values(search.subjects())),
            List.of(),
            search.statuses(),
            search.origins(),
            search.created(),
            search.expires(),
            search.notUsedSince(),
            search.overdue(),
            RotationFilter.NONE,
            search.q(),
            Instant.now());
    var found = new ArrayList<UUID>();
    List<Entry> page = List.of();
    do {
      Cursor after = page.isEmpty() ? null : page.getLast().cursor(null);
      page = inventory.find(filter, InventoryOrder.parse(search.sort()), BY_PATTERNS, after, limit);
      page.forEach(entry -> found.add(entry.credential().id()));
    } while (page.size() == limit);
    return found;
  }

  @AfterEach
  void deleteCredentials() {
    execute(
        "delete from credential where id = any (?)", (Object) known.keySet().toArray(UUID[]::new));
  }

  private List<UUID> expected(Search search, String caller, Set<UUID> old) {
    return old.stream()
        .filter(this::isSteady)
        .map(id -> states(id).getLast())
        .filter(row -> matches(search, caller, row))
        .sorted(search.order())
        .map(Row::id)
        .toList();
  }

  private static boolean matches(Search search, String caller, Row row) {
    List<String> seen = SEEN_BY.get(caller);
    return (seen == null || seen.contains(row.subject())) && search.matches(row);
  }

  private boolean isSteady(UUID id) {
    return states(id).size() == 1;
  }

  private List<Row> states(UUID id) {
    return Objects.requireNonNull(known.get(id));
  }

  /** True if its position in the order stayed the same; a row that moves may appear twice. */
  private boolean keeps(Search search, UUID id) {
    return new HashSet<>(states(id).stream().map(search::key).toList()).size() == 1;
  }

  /** Reads all pages, and adds and changes rows between the pages. */
  private List<UUID> pages(Connection connection, Search search, String caller)
      throws SQLException {
    String path = "/api/v1/credentials?" + query(search);
    int limit = inventory.upTo(inventory.one(List.of(3, 40, 500)));
    var found = new ArrayList<UUID>();
    String next = path + "limit=" + limit;
    int pages = 0;
    while (next != null) {
      Answer page = as(caller).get(next);
      assertThat(page.status()).as(next).isEqualTo(200);
      page.body()
          .at("/items")
          .forEach(item -> found.add(UUID.fromString(item.at("/id").asString())));
      if (pages < 3) {
        disturb(connection);
      }
      // A few small pages are enough; then large ones save time.
      next = ++pages < 5 ? link(page) : withLargePages(path, page);
    }
    found.retainAll(known.keySet());
    return found;
  }

  private static @Nullable String link(Answer page) {
    String link = page.header("Link");
    assertThat(link == null).isEqualTo(page.body().at("/nextCursor").isNull());
    return link == null ? null : link.substring(1, link.indexOf('>'));
  }

  private static @Nullable String withLargePages(String path, Answer page) {
    return page.body().at("/nextCursor").isNull()
        ? null
        : path + "limit=500&cursor=" + page.text("/nextCursor");
  }

  private void disturb(Connection connection) throws SQLException {
    List<UUID> ids = known.keySet().stream().sorted().toList();
    var changed = new LinkedHashSet<UUID>();
    for (int i = inventory.upTo(8); i > 0; i--) {
      changed.add(inventory.one(ids));
    }
    write(
        connection,
        Stream.concat(
                changed.stream().map(id -> inventory.changed(states(id).getLast())),
                Stream.generate(inventory::row).limit(inventory.upTo(2)))
            .toList());
  }

  private void write(Connection connection, List<Row> rows) throws SQLException {
    RandomInventory.write(connection, rows);
    rows.forEach(row -> known.computeIfAbsent(row.id(), _ -> new ArrayList<>()).add(row));
  }

  private static String query(Search search) {
    var parameters = new ArrayList<String>();
    search.upstreams().forEach(upstream -> add(parameters, "upstream", upstream));
    search.subjects().forEach(subject -> add(parameters, "subject", subject));
    search.teams().forEach(team -> add(parameters, "team", team));
    search.statuses().forEach(status -> add(parameters, "status", status));
    search.origins().forEach(origin -> add(parameters, "origin", origin));
    add(parameters, "createdAfter", search.created().from());
    add(parameters, "createdBefore", search.created().to());
    add(parameters, "expiresAfter", search.expires().from());
    add(parameters, "expiresBefore", search.expires().to());
    add(parameters, "overdue", search.overdue());
    add(parameters, "notUsedSince", search.notUsedSince());
    add(parameters, "q", search.q());
    add(parameters, "sort", search.sort());
    return parameters.stream().map(each -> each + "&").collect(Collectors.joining());
  }

  private static @Nullable Values values(List<String> sent) {
    return sent.isEmpty() ? null : new Values(sent);
  }

  private static void add(List<String> parameters, String name, @Nullable Object value) {
    if (value != null) {
      parameters.add(name + "=" + URLEncoder.encode(value.toString(), UTF_8));
    }
  }
}
