package dev.rekey.credential;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.SubjectFilter;
import dev.rekey.access.Visibility;
import dev.rekey.credential.Inventory.Entry;
import dev.rekey.platform.query.Cursors;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.platform.query.Cursors.PageRequest;
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
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The route that searches the inventory. */
@RestController
@RequestMapping(path = "/api/v1/credentials", produces = MediaType.APPLICATION_JSON_VALUE)
class InventoryController {

  private final Inventory inventory;
  private final Access access;
  private final Upstreams upstreams;
  private final Observations observations;
  private final Cursors cursors;

  InventoryController(
      Inventory inventory,
      Access access,
      Upstreams upstreams,
      Observations observations,
      Cursors cursors) {
    this.inventory = inventory;
    this.access = access;
    this.upstreams = upstreams;
    this.observations = observations;
    this.cursors = cursors;
  }

  /** The query parameters of a search of the inventory, except those of its pages. */
  record InventoryQuery(
      @Nullable String upstream,
      @Nullable String subject,
      @Nullable String team,
      @Nullable List<String> status,
      @Nullable CredentialOrigin origin,
      @Nullable Instant expiresBefore,
      @Nullable Instant notUsedSince,
      @Nullable String q,
      @Nullable String sort) {

    private static final int MIN_Q = 3;
    private static final Pattern Q = Pattern.compile("\\P{Cntrl}{" + MIN_Q + ",200}");

    /** Throws an {@code invalid-parameter} problem if a value is malformed. */
    InventoryFilter filter(Upstreams upstreams) {
      if (upstream != null && !upstreams.names().contains(upstream)) {
        throw QueryText.invalid("upstream has to be one of " + upstreams.names() + ".");
      }
      if (q != null && !Q.matcher(q).matches()) {
        throw QueryText.invalid(
            "q has to be " + MIN_Q + " to 200 characters, none of them a control character.");
      }
      return new InventoryFilter(
          upstream,
          SubjectFilter.of(upstreams, subject),
          QueryText.name("team", team),
          statuses(),
          origin,
          QueryText.time("expiresBefore", expiresBefore),
          QueryText.time("notUsedSince", notUsedSince),
          q);
    }

    private List<CredentialStatus> statuses() {
      List<String> names = status == null ? List.of() : status;
      Set<CredentialStatus> known = EnumSet.allOf(CredentialStatus.class);
      if (!known.stream().map(CredentialStatus::name).toList().containsAll(names)) {
        throw QueryText.invalid("status has to be one or more of " + known + ".");
      }
      return known.stream().filter(each -> names.contains(each.name())).toList();
    }
  }

  @GetMapping
  ResponseEntity<Slice<CredentialView>> list(
      Caller caller, @ModelAttribute InventoryQuery query, @ModelAttribute PageQuery paging) {
    InventoryFilter filter = query.filter(upstreams);
    InventoryOrder order = InventoryOrder.parse(query.sort());
    PageRequest page = cursors.page(paging, filter.parts(order));
    List<Visibility> within = within(caller, filter.team());
    List<Entry> found = inventory.find(filter, order, within, page.after(), page.rows());
    Map<Subject, Instant> scans =
        observations.lastScans(found.stream().map(Entry::credential).toList());
    return page.slice(found, Entry::cursor)
        .map(Entry::credential)
        .map(
            known ->
                CredentialView.of(known, scans.get(known.subject()), known.isOwnLogin(upstreams)))
        .response();
  }

  private List<Visibility> within(Caller caller, @Nullable String team) {
    return Stream.concat(
            Stream.of(access.visibleTo(caller)), Stream.ofNullable(team).map(access::grantedTo))
        .toList();
  }
}
