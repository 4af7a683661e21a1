package dev.rekey.platform.query;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The parameter {@code fields} of every list that has it. */
class FieldsIT extends RekeyIT {

  private static final long SEED = 20261201;
  private static final int REQUESTS = 25;
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String EVENTS = "/api/v1/audit-events?";

  /** Items with an empty list, a null in place of an object, and lists of objects. */
  @BeforeEach
  void changeCredentials() {
    Answer made = as("payments").post(CHECKOUT, json("name", "old"));
    keyed("payments").post(CHECKOUT + "/" + made.text("/id") + "/rotate", json("name", "new"));
    as("payments").send("PATCH", CHECKOUT + "/" + made.text("/id"), json("name", "older"));
    awaitFollowUps();
    await()
        .until(
            () ->
                numberOf(
                        "select count(*) from audit_event e where not exists"
                            + " (select from audit_seal s where s.event_id = e.id)")
                    == 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        EVENTS,
        "/api/v1/audit-events/tail?",
        "/api/v1/credentials?",
        "/api/v1/rotations?"
      })
  void itemsAreThoseOfTheWholeResponseWithoutTheOtherMembers(String list) {
    var random = new Random(SEED);
    List<JsonNode> whole = items(as("auditor").get(list + "limit=500"));
    List<String> names = names(whole);
    assertThat(names).contains("id", "subject").hasSizeGreaterThan(20);
    for (int i = 0; i < REQUESTS; i++) {
      var wanted = new TreeSet<String>();
      for (int many = 1 + random.nextInt(5); many > 0; many--) {
        wanted.add(names.get(random.nextInt(names.size())));
      }

      Answer partial = as("auditor").get(list + "limit=500&fields=" + String.join(",", wanted));

      assertThat(partial.header("Content-Type")).isEqualTo("application/json;items=partial");
      assertThat(items(partial))
          .as(list + wanted)
          .isEqualTo(whole.stream().map(item -> only(item, wanted, "")).toList());
    }
  }

  /** The names of the members of some items; those of lists are never those of other lists. */
  private static List<String> names(List<JsonNode> items) {
    var names = new TreeSet<String>();
    items.forEach(item -> addNames(names, item, ""));
    return List.copyOf(names);
  }

  private static void addNames(Set<String> names, JsonNode node, String prefix) {
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      names.add(prefix + member.getKey());
      JsonNode value = member.getValue();
      Stream<JsonNode> below = value.isArray() ? value.valueStream() : Stream.of(value);
      below.forEach(each -> addNames(names, each, prefix + member.getKey() + "."));
    }
  }

  private static JsonNode only(JsonNode node, Set<String> wanted, String prefix) {
    if (node instanceof ArrayNode list) {
      ArrayNode copy = JSON.createArrayNode();
      list.forEach(each -> copy.add(only(each, wanted, prefix)));
      return copy;
    }
    if (!node.isObject()) {
      return node;
    }
    ObjectNode copy = JSON.createObjectNode();
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      String name = prefix + member.getKey();
      if (wanted.contains(name)) {
        copy.set(member.getKey(), member.getValue());
      } else if (wanted.stream().anyMatch(each -> each.startsWith(name + "."))) {
        copy.set(member.getKey(), only(member.getValue(), wanted, name + "."));
      }
    }
    return copy;
  }

  @Test
  void orderOfMembersIsThatOfTheWholeItem() {
    Answer answer = as("auditor").get(EVENTS + "limit=1&fields=subject,actor.id,type");

    assertThat(answer.raw().body())
        .matches("\\{\"items\":\\[\\{\"type\":.+,\"actor\":\\{\"id\":.+},\"subject\":.+}],.+");
  }

  @Test
  void fieldsMayChangeFromPageToPage() {
    List<String> all = ids(as("auditor").get(EVENTS + "limit=4"));

    Answer first = as("auditor").get(EVENTS + "limit=2&fields=id,changes.to");
    Answer second = as("auditor").get(EVENTS + "limit=1&cursor=" + first.text("/nextCursor"));
    Answer third =
        as("auditor").get(EVENTS + "limit=1&fields=id&cursor=" + second.text("/nextCursor"));

    assertThat(second.header("Content-Type")).isEqualTo("application/json");
    var paged = new ArrayList<String>();
    Stream.of(first, second, third).forEach(page -> paged.addAll(ids(page)));
    assertThat(paged).isEqualTo(all);
    assertThat(first.header("Link")).contains("fields=id,changes.to");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "/api/v1/audit-events; name; [id, seq, type, occurredAt, outcome, reason, actor, actor.id,",
        "/api/v1/audit-events/tail; actor.name; source.userAgent, changes, changes.field,",
        "/api/v1/credentials; sources.facts.x; sources.facts, sources.facts.from, sources.facts.at,",
        "/api/v1/audit-events; rowHash; [id, seq, type,",
        "/api/v1/audit-events; !id; [id, seq, type,",
        "/api/v1/audit-events; actor.*; [id, seq, type,",
        "/api/v1/rotations; state,; requestedBy.team, requestId, traceId,",
        "/api/v1/rotations; attempts.id.x; attempts, attempts.id, attempts.number,"
      })
  void unknownNameIsRefusedWithTheKnown(String list, String fields, String known) {
    Answer answer = as("payments").get(list + "?fields=" + fields);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/type")).isEqualTo("/problems/invalid-parameter");
    assertThat(answer.text("/detail"))
        .startsWith("fields has to be one or more of [")
        .contains(known);
  }

  @Test
  void nobodySeesMoreByFields() {
    for (String caller : List.of("search", "payments")) {
      for (String list : List.of("audit-events?", "credentials?", "rotations?")) {
        Answer whole = as(caller).get("/api/v1/" + list + "limit=500");
        Answer partial = as(caller).get("/api/v1/" + list + "limit=500&fields=id");

        assertThat(ids(partial)).as(caller + list).isEqualTo(ids(whole));
      }
    }
  }

  @Test
  void otherListsHaveNoSuchParameter() {
    for (String path : Arrays.asList("/api/v1/audit-checkpoints", "/api/v1/summary")) {
      assertThat(as("auditor").get(path + "?fields=id").text("/type"))
          .isEqualTo("/problems/unknown-parameter");
    }
  }

  private static List<JsonNode> items(Answer answer) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
    return answer.body().at("/items").valueStream().toList();
  }

  private static List<String> ids(Answer answer) {
    return items(answer).stream().map(item -> item.path("id").asString()).toList();
  }
}
