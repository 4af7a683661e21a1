package dev.rekey.finding;

import dev.rekey.access.Caller;
import dev.rekey.finding.Findings.OpenCounts;
import dev.rekey.platform.problem.Until;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.platform.query.Fields;
import dev.rekey.platform.query.SearchPage;
import dev.rekey.platform.query.ViewQuery;
import dev.rekey.platform.web.Revalidated;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.annotation.JsonDeserialize;

/** The routes of findings. */
@RestController
@RequestMapping(path = "/api/v1/findings", produces = MediaType.APPLICATION_JSON_VALUE)
public class FindingController {

  private final Findings findings;
  private final FindingDecisions decisions;

  FindingController(Findings findings, FindingDecisions decisions) {
    this.findings = findings;
    this.decisions = decisions;
  }

  public record DecisionRequest(
      @Nullable String reason,
      @JsonDeserialize(converter = Until.Text.class) @Nullable Instant until) {}

  public record ReopenRequest(@Nullable String reason) {}

  @GetMapping
  @Revalidated
  public ResponseEntity<SearchPage<Finding>> list(
      Caller caller,
      @ModelAttribute FindingQuery query,
      @ModelAttribute PageQuery paging,
      @ModelAttribute ViewQuery view) {
    Fields<Finding> fields = view.fieldsOf(Finding.class);
    Findings.Page page = findings.page(caller, query, paging, view);
    return fields.response(page.rows(), page.total());
  }

  @GetMapping("/counts")
  @Revalidated
  public ResponseEntity<OpenCounts> counts(
      Caller caller,
      @RequestHeader(name = HttpHeaders.CACHE_CONTROL, required = false)
          @Nullable String cacheControl) {
    return findings.openCounts(caller, cacheControl);
  }

  @GetMapping("/{id}")
  @Revalidated
  public Finding get(Caller caller, @PathVariable("id") UUID id) {
    return findings.get(caller, id);
  }

  @PostMapping("/{id}/accept")
  public Finding accept(
      Caller caller, @PathVariable("id") UUID id, @RequestBody DecisionRequest request) {
    return decisions.accept(caller, id, request.reason(), request.until());
  }

  @PostMapping("/{id}/snooze")
  public Finding snooze(
      Caller caller, @PathVariable("id") UUID id, @RequestBody DecisionRequest request) {
    return decisions.snooze(caller, id, request.reason(), request.until());
  }

  @PostMapping("/{id}/reopen")
  public Finding reopen(
      Caller caller,
      @PathVariable("id") UUID id,
      @RequestBody(required = false) @Nullable ReopenRequest request) {
    return decisions.reopen(caller, id, request == null ? null : request.reason());
  }
}
