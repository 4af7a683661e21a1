package dev.rekey.console;

import static dev.rekey.console.Responses.body;
import static dev.rekey.console.Responses.items;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.platform.Values;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.platform.query.SearchPage;
import dev.rekey.platform.query.Total;
import dev.rekey.platform.query.ViewQuery;
import dev.rekey.rotation.RotationController;
import dev.rekey.rotation.RotationController.RotationQuery;
import dev.rekey.rotation.RotationView;
import dev.rekey.upstream.Upstreams;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;

/** Searches rotations. Lists those that wait for a person first. */
@ConsolePage
class RotationsPage {

  static final String PATH = "/console/rotations";

  private static final int MOST_TO_DO = 10;
  private static final RotationQuery TO_DO =
      new RotationQuery(
          null,
          Values.of("resolution", "confirmation", "delivery"),
          null,
          null,
          null,
          null,
          null,
          null);

  private final RotationController rotations;
  private final Access access;
  private final Upstreams upstreams;

  RotationsPage(RotationController rotations, Access access, Upstreams upstreams) {
    this.rotations = rotations;
    this.access = access;
    this.upstreams = upstreams;
  }

  /** A rotation in a list, with a sentence about it. */
  record Row(RotationView rotation, String nextStep) {}

  /**
   * One page of a list.
   *
   * @param nextCursor null on the last page
   */
  record Rows(List<Row> rows, @Nullable String nextCursor, @Nullable Total total) {}

  @GetMapping(PATH)
  @StandsOn("GET /api/v1/rotations")
  String show(
      Caller caller,
      @ModelAttribute RotationQuery query,
      @ModelAttribute PageQuery paging,
      Model page,
      HttpServletRequest request)
      throws IOException {
    var form =
        RotationForm.of(query, paging.limit(), upstreams.names(), access.teamsKnownTo(caller));
    page.addAttribute("found", rows(caller, query, paging));
    page.addAttribute("form", form);
    page.addAttribute("here", PageUrl.of(request));
    if (!form.usesAny() && paging.cursor() == null) {
      page.addAttribute(
          "toDo", Part.of(() -> rows(caller, TO_DO, new PageQuery(MOST_TO_DO, null))));
    }
    return "console/rotations";
  }

  private Rows rows(Caller caller, RotationQuery query, PageQuery paging) {
    SearchPage<RotationView> found =
        body(rotations.list(caller, query, paging, new ViewQuery(null, "estimate")));
    return new Rows(
        items(found).stream().map(each -> new Row(each, NextStep.of(each))).toList(),
        found.nextCursor(),
        found.total());
  }
}
