package dev.rekey.console;

import static dev.rekey.console.Responses.body;
import static dev.rekey.console.Responses.items;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.credential.AdoptionController;
import dev.rekey.credential.AdoptionController.AdoptRequest;
import dev.rekey.credential.CredentialView;
import dev.rekey.credential.InventoryController;
import dev.rekey.credential.InventoryController.InventoryQuery;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.platform.query.SearchPage;
import dev.rekey.platform.query.ViewQuery;
import dev.rekey.policy.Policies;
import dev.rekey.upstream.Upstreams;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import org.springframework.http.HttpMethod;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;

/** Searches the inventory, and adopts credentials. */
@ConsolePage
class InventoryPage {

  static final String PATH = "/console/credentials";

  private static final String SEARCH = "GET /api/v1/credentials";

  private final InventoryController inventory;
  private final AdoptionController adoption;
  private final SavedViews views;
  private final Access access;
  private final Upstreams upstreams;
  private final Policies policies;
  private final Clock clock;

  InventoryPage(
      InventoryController inventory,
      AdoptionController adoption,
      SavedViews views,
      Access access,
      Upstreams upstreams,
      Policies policies,
      Clock clock) {
    this.inventory = inventory;
    this.adoption = adoption;
    this.views = views;
    this.access = access;
    this.upstreams = upstreams;
    this.policies = policies;
    this.clock = clock;
  }

  @GetMapping(PATH)
  @StandsOn(SEARCH)
  String show(
      Caller caller,
      @ModelAttribute InventoryQuery query,
      @ModelAttribute PageQuery paging,
      Model page,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    SearchPage<CredentialView> found =
        body(
            inventory.list(
                caller, query, paging, new ViewQuery(null, "estimate"), "json", request, response));
    var form =
        InventoryForm.of(
            query,
            paging.limit(),
            upstreams.names(),
            List.of(policies.names()),
            access.teamsKnownTo(caller));
    var here = PageUrl.of(request);
    page.addAttribute("found", items(found));
    page.addAttribute("total", found.total());
    page.addAttribute("nextCursor", found.nextCursor());
    page.addAttribute("form", form);
    page.addAttribute("here", here);
    page.addAttribute("sorting", new Sorting(here, form.sort()));
    page.addAttribute("presets", Preset.at(clock.instant()));
    page.addAttribute("saved", views.of(caller));
    page.addAttribute("upstreams", upstreams.names());
    page.addAttribute(
        "mayAdopt", access.hasScopeFor(caller, HttpMethod.POST, "/api/v1/credentials"));
    return "console/inventory";
  }

  /** The same search as CSV, with all of its matches. */
  @GetMapping(PATH + ".csv")
  @StandsOn(SEARCH)
  void csv(
      Caller caller,
      @ModelAttribute InventoryQuery query,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    inventory.list(
        caller,
        query,
        new PageQuery(null, null),
        new ViewQuery(null, null),
        "csv",
        request,
        response);
  }

  @PostMapping(PATH)
  @StandsOn("POST /api/v1/credentials")
  RedirectView adopt(
      Caller caller,
      @RequestParam(name = "upstream") String upstream,
      @RequestParam(name = "subject") String subject,
      @RequestParam(name = "upstreamId") String upstreamId,
      HttpServletRequest request,
      RedirectAttributes next) {
    CredentialView adopted =
        body(
            adoption.adopt(
                caller,
                new AdoptRequest(upstream.strip(), subject.strip(), upstreamId.strip()),
                request));
    return Redirects.done(PATH + "/" + adopted.id(), "The credential is adopted.", next);
  }

  @PostMapping(PATH + "/views")
  @StandsOn(SEARCH)
  RedirectView save(
      Caller caller,
      @RequestParam(name = "name") String name,
      @RequestParam(name = "query", defaultValue = "") String query,
      RedirectAttributes next) {
    SavedView view = views.save(caller, name, query);
    return Redirects.done(
        PATH + (view.query().isEmpty() ? "" : "?" + view.query()), "The view is saved.", next);
  }

  @PostMapping(PATH + "/views/delete")
  @StandsOn(SEARCH)
  RedirectView delete(
      Caller caller, @RequestParam(name = "name") String name, RedirectAttributes next) {
    views.delete(caller, name);
    return Redirects.done(PATH, "The view is deleted.", next);
  }
}
