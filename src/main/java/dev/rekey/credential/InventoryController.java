package dev.rekey.credential;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.Visibility;
import dev.rekey.credential.Inventory.Entry;
import dev.rekey.platform.query.Cursor;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.query.Slice;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstreams;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Lists the inventory of the subjects that a caller may see. */
@RestController
@RequestMapping(path = "/api/v1/credentials", produces = MediaType.APPLICATION_JSON_VALUE)
class InventoryController {

  private static final int MIN_Q = 3;
  private static final Pattern Q = Pattern.compile("\\P{Cntrl}{" + MIN_Q + ",200}");

  private final Inventory inventory;
  private final Access access;
  private final Upstreams upstreams;
  private final Observations looks;

  InventoryController(Inventory inventory, Access access, Upstreams upstreams, Observations looks) {
    this.inventory = inventory;
    this.access = access;
    this.upstreams = upstreams;
    this.looks = looks;
  }

  @GetMapping
  ResponseEntity<Slice<CredentialView>> list(
      Caller caller,
      @RequestParam(name = "upstream", required = false) @Nullable String upstream,
      @RequestParam(name = "subject", required = false) @Nullable String subject,
      @RequestParam(name = "team", required = false) @Nullable String team,
      @RequestParam(name = "status", required = false) @Nullable List<String> status,
      @RequestParam(name = "origin", required = false) @Nullable CredentialOrigin origin,
      @RequestParam(name = "expiresBefore", required = false) @Nullable Instant expiresBefore,
      @RequestParam(name = "notUsedSince", required = false) @Nullable Instant notUsedSince,
      @RequestParam(name = "q", required = false) @Nullable String q,
      @RequestParam(name = "sort", required = false) @Nullable String sort,
      @RequestParam(name = "limit", required = false) @Nullable Integer limit,
      @RequestParam(name = "cursor", required = false) @Nullable String cursor) {
    var filter =
        new InventoryFilter(
            upstream(upstream),
            upstreams.canonical(QueryText.subject(subject)),
            QueryText.name("team", team),
            statuses(status),
            origin,
            QueryText.time("expiresBefore", expiresBefore),
            QueryText.time("notUsedSince", notUsedSince),
            q(q));
    var order = InventoryOrder.parse(sort);
    List<@Nullable Object> asked = filter.parts(order);
    var after = cursor == null ? null : Cursor.decode(cursor, asked);
    int size = Slice.limit(limit);
    List<Entry> found = inventory.find(filter, order, within(caller, team), after, size + 1);
    Map<Subject, Instant> looked = looks.lastScans(found.stream().map(Entry::credential).toList());
    return Slice.of(found, size, Entry::place, asked)
        .map(
            entry ->
                CredentialView.of(entry.credential(), looked.get(entry.credential().subject())))
        .response();
  }

  private List<Visibility> within(Caller caller, @Nullable String team) {
    return Stream.concat(
            Stream.of(access.visibleTo(caller)), Stream.ofNullable(team).map(access::grantedTo))
        .toList();
  }

  private @Nullable String upstream(@Nullable String name) {
    if (name != null && !upstreams.names().contains(name)) {
      throw QueryText.invalid("upstream has to be one of " + upstreams.names() + ".");
    }
    return name;
  }

  private static List<CredentialStatus> statuses(@Nullable List<String> names) {
    List<String> wanted = names == null ? List.of() : names;
    Set<CredentialStatus> known = EnumSet.allOf(CredentialStatus.class);
    if (!known.stream().map(CredentialStatus::name).toList().containsAll(wanted)) {
      throw QueryText.invalid("status has to be one or more of " + known + ".");
    }
    return known.stream().filter(status -> wanted.contains(status.name())).toList();
  }

  private static @Nullable String q(@Nullable String text) {
    if (text != null && !Q.matcher(text).matches()) {
      throw QueryText.invalid(
          "q has to be " + MIN_Q + " to 200 characters, none of them a control character.");
    }
    return text;
  }
}
