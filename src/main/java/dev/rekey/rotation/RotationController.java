package dev.rekey.rotation;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.SubjectFilter;
import dev.rekey.platform.Values;
import dev.rekey.platform.query.Counted;
import dev.rekey.platform.query.Cursors;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.platform.query.Cursors.PageRequest;
import dev.rekey.platform.query.Fields;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.query.SearchPage;
import dev.rekey.platform.query.Selection;
import dev.rekey.platform.query.TimeRange;
import dev.rekey.platform.query.ViewQuery;
import dev.rekey.platform.web.Revalidated;
import dev.rekey.rotation.Rotations.Filter;
import dev.rekey.upstream.Upstreams;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Lists and shows rotations. */
@RestController
@RequestMapping(path = "/api/v1/rotations", produces = MediaType.APPLICATION_JSON_VALUE)
public class RotationController {

  private final Rotations rotations;
  private final RotationDecisions decisions;
  private final Access access;
  private final Upstreams upstreams;
  private final Cursors cursors;

  RotationController(
      Rotations rotations,
      RotationDecisions decisions,
      Access access,
      Upstreams upstreams,
      Cursors cursors) {
    this.rotations = rotations;
    this.decisions = decisions;
    this.access = access;
    this.upstreams = upstreams;
    this.cursors = cursors;
  }

  /** The query parameters of the list, except those of pages. */
  public record RotationQuery(
      @Nullable Values state,
      @Nullable Values needs,
      @Nullable Values upstream,
      @Nullable Values subject,
      @Nullable Values team,
      @Nullable Values credentialId,
      @Nullable Instant from,
      @Nullable Instant to) {

    private Filter filter(Upstreams upstreams) {
      return new Filter(
          QueryText.anyOf("state", state, MutationState.values()),
          QueryText.anyOf("needs", needs, Need.values()),
          QueryText.anyOf("upstream", upstream, upstreams.names().toArray(String[]::new)),
          SubjectFilter.of(upstreams, subject),
          Selection.names("team", team),
          QueryText.ids("credentialId", credentialId),
          TimeRange.of(from, to));
    }
  }

  @GetMapping
  @Revalidated
  public ResponseEntity<SearchPage<RotationView>> list(
      Caller caller,
      @ModelAttribute RotationQuery query,
      @ModelAttribute PageQuery paging,
      @ModelAttribute ViewQuery view) {
    Fields<RotationView> fields = view.fieldsOf(RotationView.class);
    Filter filter = query.filter(upstreams);
    PageRequest page = cursors.page(paging, view, filter.parts());
    Counted<RotationView> found = rotations.find(filter, access.visibleTo(caller), page);
    return fields.response(page.slice(found.rows(), RotationView::cursor), found.total());
  }

  @GetMapping("/{id}")
  @Revalidated
  public RotationView get(Caller caller, @PathVariable(name = "id") UUID id) {
    return rotations.view(decisions.visible(caller, id).rotation());
  }
}
