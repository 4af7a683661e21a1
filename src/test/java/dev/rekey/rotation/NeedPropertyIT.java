package dev.rekey.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * The filter, the member and the summary agree with a check of every fact, for random rotations,
 * before and after facts change.
 */
class NeedPropertyIT extends RekeyIT {

  private static final int ROUNDS = 6;
  private static final int CREDENTIALS = 20;
  private static final int ROTATIONS = 60;

  private static final List<String> SUBJECTS =
      List.of(
          OKTA_SUBJECT,
          "apps/crm/connectors/github",
          "organizations/acme/service-accounts/checkout",
          "organizations/acme/service-accounts/indexer");

  private static final Map<String, Set<String>> SEEN_BY =
      Map.of(
          "auditor",
          Set.copyOf(SUBJECTS),
          "payments",
          Set.of(OKTA_SUBJECT, "organizations/acme/service-accounts/checkout"));

  private static final List<String> STATUSES =
      List.of("ACTIVE", "ACTIVE", "ACTIVE", "RETIRING", "RETIRED", "EXPIRED", "MISSING");

  private record Credential(UUID id, String subject) {}

  private record Delivery(String target, String state, Instant reservedAt) {}

  private static final class Rotation {
    final UUID id = UUID.randomUUID();
    final Credential made;
    final @Nullable Credential old;
    final @Nullable UUID reissueOf;
    final @Nullable Delivery delivery;
    final boolean isChecked;
    MutationState state;
    boolean isConfirmed;
    boolean isReverted;
    boolean isLookedAt;
    boolean isReported;

    Rotation(
        MutationState state,
        Credential made,
        @Nullable Credential old,
        @Nullable UUID reissueOf,
        @Nullable Delivery delivery,
        boolean isChecked) {
      this.state = state;
      this.made = made;
      this.old = old;
      this.reissueOf = reissueOf;
      this.delivery = delivery;
      this.isChecked = isChecked;
    }
  }

  private final Map<UUID, String> status = new HashMap<>();
  private final List<Rotation> rotations = new ArrayList<>();
  private final Map<Need, Integer> seen = new EnumMap<>(Need.class);
  private Random random = new Random();

  @Test
  void filterMemberAndSummaryAgreeWithACheckOfEveryFact() {
    long first = System.nanoTime();
    for (int round = 0; round < ROUNDS; round++) {
      random = new Random(first + round);
      fill();
      check("seed " + (first + round));
      change();
      check("seed " + (first + round) + " after changes");
      change();
      check("seed " + (first + round) + " after more changes");
    }
    // Fewer would make the comparison too easy.
    assertThat(seen).containsOnlyKeys(Need.values());
    assertThat(seen.values()).allMatch(count -> count > 10, seen.toString());
  }

  private void check(String name) {
    SEEN_BY.forEach(
        (caller, subjects) -> {
          String about = name + ", " + caller;
          List<JsonNode> all = items(as(caller).get("/api/v1/rotations?limit=500"));
          assertThat(all).as(about).allSatisfy(this::requireRightMember);
          for (List<Need> needs : wanted()) {
            assertThat(list(caller, needs))
                .as("%s, needs=%s", about, needs)
                .isEqualTo(
                    all.stream()
                        .filter(each -> needs.stream().anyMatch(need -> has(each, need)))
                        .map(NeedPropertyIT::id)
                        .toList());
          }
          JsonNode counts =
              as(caller)
                  .with("Cache-Control", "no-cache")
                  .get("/api/v1/summary")
                  .body()
                  .path("rotations");
          assertThat(counts.path("unconfirmed").asInt(-1))
              .as(about)
              .isEqualTo(expected(Need.CONFIRMATION, subjects));
          assertThat(counts.path("deliveriesParked").asInt(-1))
              .as(about)
              .isEqualTo(expected(Need.DELIVERY, subjects));
        });
  }

  private void requireRightMember(JsonNode item) {
    Rotation rotation =
        rotations.stream().filter(each -> each.id.toString().equals(id(item))).findAny().get();
    for (Need need : Need.values()) {
      boolean isNeeded = isNeeded(need, rotation);
      assertThat(has(item, need)).as("%s of %s", need, item).isEqualTo(isNeeded);
      seen.merge(need, isNeeded ? 1 : 0, Integer::sum);
    }
    assertThat(has(item, Need.RESOLUTION)).isEqualTo(isPossible(item, "resolve"));
    if (has(item, Need.CONFIRMATION)) {
      assertThat(isPossible(item, "confirm")).as("%s", item).isTrue();
    }
  }

  private boolean isNeeded(Need need, Rotation rotation) {
    Delivery delivery = rotation.delivery;
    return switch (need) {
      case RESOLUTION -> rotation.state == MutationState.UNKNOWN && !rotation.isChecked;
      case CONFIRMATION ->
          rotation.state == MutationState.SUCCEEDED
              && rotation.old != null
              && Objects.equals(status.get(rotation.old.id()), "ACTIVE")
              && !rotation.isConfirmed
              && !rotation.isReverted
              && (!rotation.isLookedAt || rotation.isReported)
              && !isReissued(rotation, MutationState.PENDING)
              && !isReissued(rotation, MutationState.SUCCEEDED)
              && (delivery == null || Set.of("DELIVERED", "SUPERSEDED").contains(delivery.state()));
      case DELIVERY ->
          delivery != null
              && delivery.state().equals("PARKED")
              && !rotation.isReverted
              && !isReissued(rotation, MutationState.SUCCEEDED)
              && rotations.stream()
                  .map(each -> each.delivery)
                  .filter(Objects::nonNull)
                  .noneMatch(
                      later ->
                          later.target().equals(delivery.target())
                              && later.reservedAt().isAfter(delivery.reservedAt())
                              && !later.state().equals("SUPERSEDED"));
    };
  }

  private boolean isReissued(Rotation lost, MutationState by) {
    return rotations.stream().anyMatch(each -> lost.id.equals(each.reissueOf) && each.state == by);
  }

  private int expected(Need need, Set<String> subjects) {
    return Math.toIntExact(
        rotations.stream()
            .filter(each -> subjects.contains(each.made.subject()) && isNeeded(need, each))
            .count());
  }

  /** Each need alone, and two sets of several. */
  private static List<List<Need>> wanted() {
    return Stream.concat(
            Stream.of(Need.values()).map(List::of),
            Stream.of(
                List.of(Need.CONFIRMATION, Need.DELIVERY),
                List.of(Need.RESOLUTION, Need.CONFIRMATION, Need.DELIVERY)))
        .toList();
  }

  /** The ids of all pages, which have the right total. */
  private List<String> list(String caller, List<Need> needs) {
    String names = needs.stream().map(Need::toString).collect(Collectors.joining(","));
    var found = new ArrayList<String>();
    var totals = new HashSet<Integer>();
    String next = "/api/v1/rotations?total=estimate&limit=7&needs=" + names;
    while (next != null) {
      Answer page = as(caller).get(next);
      items(page).forEach(item -> found.add(id(item)));
      totals.add(page.body().at("/total/count").asInt(-1));
      String link = page.header("Link");
      next = link == null ? null : link.substring(1, link.indexOf('>'));
    }
    assertThat(totals).as("%s", needs).containsExactly(found.size());
    return found;
  }

  private static List<JsonNode> items(Answer page) {
    assertThat(page.status()).isEqualTo(200);
    return page.body().path("items").valueStream().toList();
  }

  private static String id(JsonNode item) {
    return item.path("id").asString();
  }

  private static boolean has(JsonNode item, Need need) {
    return item.path("needs")
        .valueStream()
        .anyMatch(each -> each.asString().equals(need.toString()));
  }

  private static boolean isPossible(JsonNode item, String action) {
    return item.path("possible").valueStream().anyMatch(each -> each.asString().equals(action));
  }

  private void fill() {
    postgres().empty();
    status.clear();
    rotations.clear();
    List<Credential> credentials =
        Stream.generate(() -> new Credential(UUID.randomUUID(), one(SUBJECTS)))
            .limit(CREDENTIALS)
            .toList();
    credentials.forEach(this::insert);
    for (int i = 0; i < ROTATIONS; i++) {
      Rotation rotation = rotation(one(credentials), credentials);
      insert(rotation);
      rotations.add(rotation);
    }
  }

  private void insert(Credential credential) {
    status.put(credential.id(), one(STATUSES));
    query(
        """
        insert into credential (
          id, upstream, subject, upstream_id, status, origin, recorded_at, observed_at, version)
        values (?, ?, ?, ?, ?, 'MINTED', now(), now(), 0) returning 1
        """,
        credential.id(),
        upstream(credential),
        credential.subject(),
        credential.id().toString(),
        status.get(credential.id()));
  }

  private static String upstream(Credential credential) {
    return credential.subject().startsWith("apps/") ? "conductorone" : "keycard";
  }

  private Rotation rotation(Credential made, List<Credential> credentials) {
    List<Credential> others =
        credentials.stream()
            .filter(each -> each.subject().equals(made.subject()) && !each.equals(made))
            .toList();
    List<Rotation> lost =
        rotations.stream()
            .filter(each -> each.made.subject().equals(made.subject()))
            .filter(each -> !isReissued(each, MutationState.SUCCEEDED))
            .toList();
    var rotation =
        new Rotation(
            one(
                List.of(
                    MutationState.SUCCEEDED,
                    MutationState.SUCCEEDED,
                    MutationState.SUCCEEDED,
                    MutationState.UNKNOWN,
                    MutationState.PENDING,
                    MutationState.REJECTED)),
            made,
            others.isEmpty() || random.nextInt(6) == 0 ? null : one(others),
            lost.isEmpty() || random.nextInt(6) > 0 ? null : one(lost).id,
            random.nextInt(3) == 0 ? delivery() : null,
            random.nextBoolean());
    rotation.isConfirmed = random.nextInt(5) == 0;
    rotation.isReverted = random.nextInt(6) == 0;
    rotation.isLookedAt = random.nextInt(4) == 0;
    rotation.isReported = random.nextInt(3) == 0;
    return rotation;
  }

  private Delivery delivery() {
    String target = "target-" + random.nextInt(9);
    boolean isTaken =
        rotations.stream()
            .map(each -> each.delivery)
            .filter(Objects::nonNull)
            .anyMatch(
                other ->
                    other.target().equals(target)
                        && Set.of("RESERVED", "OUTSTANDING").contains(other.state()));
    List<String> states =
        isTaken
            ? List.of("DELIVERED", "PARKED", "PARKED", "SUPERSEDED")
            : List.of("RESERVED", "OUTSTANDING", "DELIVERED", "PARKED", "PARKED", "SUPERSEDED");
    return new Delivery(
        target, one(states), Instant.ofEpochSecond(1_700_000_000L + random.nextInt(1_000_000)));
  }

  private void insert(Rotation rotation) {
    Credential old = rotation.old;
    query(
        """
        insert into rotation (
          id, upstream, subject, target, state, actor_id, requested_at, closed_at, credential_id,
          replaces, reissue_of)
        values (?, ?, ?, ?, ?, 'somebody', ?::timestamptz, ?::timestamptz, ?, ?, ?) returning 1
        """,
        rotation.id,
        upstream(rotation.made),
        rotation.made.subject(),
        rotation.id.toString(),
        rotation.state.name(),
        Instant.now().minusSeconds(random.nextInt(1_000_000)).toString(),
        rotation.state == MutationState.PENDING ? null : Instant.now().toString(),
        rotation.state == MutationState.SUCCEEDED ? rotation.made.id() : null,
        old == null ? null : old.id(),
        rotation.reissueOf);
    query(
        """
        insert into rotation_attempt (
          id, rotation_id, number, state, started_at, closed_at, lease_until, next_check_at)
        values (?, ?, 1, ?, now(), now(), now(), case when ? then now() + interval '1 day' end)
        returning 1
        """,
        rotation.id,
        rotation.id,
        rotation.state == MutationState.PENDING ? "REJECTED" : rotation.state.name(),
        rotation.isChecked);
    Delivery delivery = rotation.delivery;
    if (delivery != null) {
      query(
          """
          insert into secret_delivery (
            rotation_id, attempt_id, target, place, mode, state, reserved_at)
          values (?, ?, ?, 'a place', 'ONLY', ?, ?) returning 1
          """,
          rotation.id,
          rotation.id,
          delivery.target(),
          delivery.state(),
          OffsetDateTime.ofInstant(delivery.reservedAt(), ZoneOffset.UTC));
    }
    write(rotation);
  }

  private static void write(Rotation rotation) {
    query(
        """
        update rotation set
          confirmed_at = case when ? then now() end, reverted_at = case when ? then now() end,
          next_look_at = case when ? then now() + interval '1 day' end,
          unconfirmed_at = case when ? then now() end
        where id = ? returning 1
        """,
        rotation.isConfirmed,
        rotation.isReverted,
        rotation.isLookedAt,
        rotation.isReported,
        rotation.id);
  }

  /** Decisions are made and taken back, credentials end and come back, rotations close. */
  private void change() {
    status.replaceAll((_, now) -> random.nextInt(3) == 0 ? one(STATUSES) : now);
    status.forEach(
        (id, now) -> query("update credential set status = ? where id = ? returning 1", now, id));
    for (Rotation each : rotations) {
      each.isConfirmed ^= random.nextInt(5) == 0;
      each.isReverted ^= random.nextInt(8) == 0;
      each.isLookedAt ^= random.nextInt(5) == 0;
      each.isReported ^= random.nextInt(5) == 0;
      write(each);
      if (random.nextInt(3) == 0) {
        move(each);
      }
    }
  }

  private void move(Rotation rotation) {
    MutationState next =
        switch (rotation.state) {
          case PENDING -> MutationState.SUCCEEDED;
          case SUCCEEDED -> MutationState.COMPENSATED;
          case COMPENSATED -> MutationState.PENDING;
          case UNKNOWN -> one(List.of(MutationState.RESOLVED, MutationState.SUCCEEDED));
          default -> rotation.state;
        };
    boolean isSecondReissue =
        next == MutationState.SUCCEEDED
            && rotations.stream()
                .anyMatch(
                    each ->
                        each.reissueOf != null
                            && each.reissueOf.equals(rotation.reissueOf)
                            && each.state == MutationState.SUCCEEDED);
    if (isSecondReissue) {
      return;
    }
    rotation.state = next;
    query(
        """
        update rotation set state = ?, credential_id = ?,
          closed_at = case when ? then null else now() end
        where id = ? returning 1
        """,
        next.name(),
        next == MutationState.SUCCEEDED ? rotation.made.id() : null,
        next == MutationState.PENDING,
        rotation.id);
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
