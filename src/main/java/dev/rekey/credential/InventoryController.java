package dev.rekey.credential;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.SubjectFilter;
import dev.rekey.access.Visibility;
import dev.rekey.credential.Inventory.Entry;
import dev.rekey.credential.InventoryCsv.Search;
import dev.rekey.platform.Values;
import dev.rekey.platform.query.Counted;
import dev.rekey.platform.query.CsvCells;
import dev.rekey.platform.query.Cursors;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.platform.query.Cursors.PageRequest;
import dev.rekey.platform.query.Fields;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.query.SearchPage;
import dev.rekey.platform.query.Slice;
import dev.rekey.platform.query.TableFormat;
import dev.rekey.platform.query.ViewQuery;
import dev.rekey.platform.web.Revalidated;
import dev.rekey.policy.Policies;
import dev.rekey.policy.WaitsFor;
import dev.rekey.upstream.Upstreams;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The route that searches the inventory. */
@RestController
@RequestMapping(
    path = "/api/v1/credentials",
    produces = {MediaType.APPLICATION_JSON_VALUE, CsvCells.MEDIA_TYPE})
public class InventoryController {

  private final Inventory inventory;
  private final Access access;
  private final Upstreams upstreams;
  private final Policies policies;
  private final CredentialViews views;
  private final InventoryCsv csv;
  private final Cursors cursors;
  private final Clock clock;

  InventoryController(
      Inventory inventory,
      Access access,
      Upstreams upstreams,
      Policies policies,
      CredentialViews views,
      InventoryCsv csv,
      Cursors cursors,
      Clock clock) {
    this.inventory = inventory;
    this.access = access;
    this.upstreams = upstreams;
    this.policies = policies;
    this.views = views;
    this.csv = csv;
    this.cursors = cursors;
    this.clock = clock;
  }

  /** The query parameters of a search of the inventory, except those of its pages. */
  public record InventoryQuery(
      @Nullable Values upstream,
      @Nullable Values subject,
      @Nullable Values team,
      @Nullable Values status,
      @Nullable Values origin,
      @Nullable Instant createdBefore,
      @Nullable Instant createdAfter,
      @Nullable Instant expiresBefore,
      @Nullable Instant expiresAfter,
      @Nullable Instant notUsedSince,
      @Nullable Boolean overdue,
      @Nullable Values policy,
      @Nullable Values waitsFor,
      @Nullable Instant nextRotationBefore,
      @Nullable Instant nextRotationAfter,
      @Nullable String q,
      @Nullable String sort) {

    private static final int MIN_Q = 3;
    private static final Pattern Q = Pattern.compile("\\P{Cntrl}{" + MIN_Q + ",200}");

    /** Throws an {@code invalid-parameter} problem if a value is malformed. */
    InventoryFilter filter(Upstreams upstreams, Policies policies, Instant now) {
      if (q != null && !Q.matcher(q).matches()) {
        throw QueryText.invalid(
            "q has to be " + MIN_Q + " to 200 characters, none of them a control character.");
      }
      return new InventoryFilter(
          QueryText.anyOf("upstream", upstream, upstreams.names().toArray(String[]::new)),
          SubjectFilter.of(upstreams, subject),
          QueryText.names("team", team),
          QueryText.anyOf("status", status, CredentialStatus.values()),
          QueryText.anyOf("origin", origin, CredentialOrigin.values()),
          QueryText.range("createdAfter", createdAfter, "createdBefore", createdBefore),
          QueryText.range("expiresAfter", expiresAfter, "expiresBefore", expiresBefore),
          QueryText.time("notUsedSince", notUsedSince),
          overdue,
          new RotationFilter(
              QueryText.anyOf("policy", policy, policies.names()),
              QueryText.anyOf("waitsFor", waitsFor, WaitsFor.values()),
              QueryText.range(
                  "nextRotationAfter",
                  nextRotationAfter,
                  "nextRotationBefore",
                  nextRotationBefore)),
          q,
          now);
    }
  }

  /** Returns null if the response is written already, as CSV. */
  @GetMapping
  @Revalidated
  public @Nullable ResponseEntity<SearchPage<CredentialView>> list(
      Caller caller,
      @ModelAttribute InventoryQuery query,
      @ModelAttribute PageQuery paging,
      @ModelAttribute ViewQuery view,
      @RequestParam(name = "format", required = false) @Nullable String format,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    InventoryFilter wanted = query.filter(upstreams, policies, clock.instant());
    InventoryOrder order = InventoryOrder.parse(query.sort());
    List<Visibility> within = within(caller, wanted.teams());
    return switch (TableFormat.of(format, request)) {
      case JSON -> page(wanted, order, within, paging, view);
      case CSV -> {
        requireEmpty(paging, view);
        csv.send(new Search(wanted, order, within), request, response);
        yield null;
      }
    };
  }

  private ResponseEntity<SearchPage<CredentialView>> page(
      InventoryFilter wanted,
      InventoryOrder order,
      List<Visibility> within,
      PageQuery paging,
      ViewQuery view) {
    Fields<CredentialView> fields = view.fieldsOf(CredentialView.class);
    PageRequest page = cursors.page(paging, view, wanted.parts(order));
    // The first page fixes the time for the others.
    InventoryFilter filter = wanted.at(page.after() == null ? null : page.after().since());
    Counted<Entry> found = inventory.find(filter, order, within, page);
    Slice<Credential> slice =
        page.slice(found.rows(), entry -> entry.cursor(filter.at(order))).map(Entry::credential);
    return fields.response(
        new Slice<>(views.of(slice.items(), filter.now()), slice.nextCursor()), found.total());
  }

  private static void requireEmpty(PageQuery paging, ViewQuery view) {
    if (paging.limit() != null || paging.cursor() != null || !view.isEmpty()) {
      throw QueryText.invalid(
          "CSV has all fields of all matches: leave out limit, cursor, fields and total, or send"
              + " format=json.");
    }
  }

  private List<Visibility> within(Caller caller, List<String> teams) {
    Visibility visible = access.visibleTo(caller);
    return teams.isEmpty()
        ? List.of(visible)
        : List.of(visible, Visibility.union(teams.stream().map(access::grantedTo).toList()));
  }
}
