package dev.rekey.console;

import static dev.rekey.console.Responses.body;
import static dev.rekey.console.Responses.items;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.finding.Finding;
import dev.rekey.finding.FindingController;
import dev.rekey.finding.FindingQuery;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.platform.query.SearchPage;
import dev.rekey.platform.query.ViewQuery;
import dev.rekey.upstream.Upstreams;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;

/** A search of the findings. */
@ConsolePage
class FindingsPage {

  static final String PATH = "/console/findings";

  private final FindingController controller;
  private final Access access;
  private final Upstreams upstreams;

  FindingsPage(FindingController controller, Access access, Upstreams upstreams) {
    this.controller = controller;
    this.access = access;
    this.upstreams = upstreams;
  }

  /** A finding in the list, with its evidence. */
  record Row(Finding finding, List<Evidence> evidence) {}

  @GetMapping(PATH)
  @StandsOn(value = "GET /api/v1/findings", also = "GET /api/v1/findings/counts")
  String show(
      Caller caller,
      @ModelAttribute FindingQuery query,
      @ModelAttribute PageQuery paging,
      Model page,
      HttpServletRequest request)
      throws IOException {
    SearchPage<Finding> found =
        body(controller.list(caller, query, paging, new ViewQuery(null, "estimate")));
    page.addAttribute(
        "found",
        items(found).stream().map(each -> new Row(each, Evidence.of(each.evidence()))).toList());
    page.addAttribute("total", found.total());
    page.addAttribute("nextCursor", found.nextCursor());
    page.addAttribute(
        "form",
        FindingForm.of(query, paging.limit(), upstreams.names(), access.teamsKnownTo(caller)));
    page.addAttribute("here", PageUrl.of(request));
    page.addAttribute("counts", Part.of(() -> body(controller.counts(caller, null)).kinds()));
    return "console/findings";
  }
}
