package dev.rekey.credential;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.Visibility;
import dev.rekey.credential.Inventory.Entry;
import dev.rekey.platform.query.Cursors;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.platform.query.Cursors.PageRequest;
import dev.rekey.platform.query.Slice;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstreams;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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

  @GetMapping
  ResponseEntity<Slice<CredentialView>> list(
      Caller caller, @ModelAttribute InventoryQuery query, @ModelAttribute PageQuery paging) {
    InventoryFilter filter = query.filter(upstreams);
    InventoryOrder order = query.order();
    PageRequest page = cursors.page(paging, filter.parts(order));
    List<Visibility> within = within(caller, filter.team());
    List<Entry> found = inventory.find(filter, order, within, page.after(), page.rows());
    Map<Subject, Instant> scans =
        observations.lastScans(found.stream().map(Entry::credential).toList());
    return page.slice(found, Entry::cursor)
        .map(Entry::credential)
        .map(known -> CredentialView.of(known, scans.get(known.subject())))
        .response();
  }

  private List<Visibility> within(Caller caller, @Nullable String team) {
    return Stream.concat(
            Stream.of(access.visibleTo(caller)), Stream.ofNullable(team).map(access::grantedTo))
        .toList();
  }
}
