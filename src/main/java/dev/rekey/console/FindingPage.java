package dev.rekey.console;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.finding.Finding;
import dev.rekey.finding.FindingController;
import dev.rekey.finding.FindingController.DecisionRequest;
import dev.rekey.finding.FindingController.ReopenRequest;
import dev.rekey.upstream.Subject;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;

/** One finding, and the decisions about it. */
@ConsolePage
class FindingPage {

  private static final String PATH = FindingsPage.PATH + "/{id}";
  private static final String API = "/api/v1/findings/{id}";

  private final FindingController findings;
  private final Access access;

  FindingPage(FindingController findings, Access access) {
    this.findings = findings;
    this.access = access;
  }

  @GetMapping(PATH)
  @StandsOn("GET " + API)
  String show(Caller caller, @PathVariable("id") UUID id, Model page) {
    Finding finding = findings.get(caller, id);
    var subject = Subject.of(finding.upstream(), finding.subject());
    page.addAttribute("finding", finding);
    page.addAttribute("evidence", Evidence.of(finding.evidence()));
    page.addAttribute(
        "mayDecide",
        access.mayChange(caller, subject)
            && access.hasScopeFor(caller, HttpMethod.POST, "/api/v1/findings/" + id + "/accept"));
    page.addAttribute(
        "mayReadHistory", access.hasScopeFor(caller, HttpMethod.GET, "/api/v1/audit-events"));
    return "console/finding";
  }

  @PostMapping(PATH + "/accept")
  @StandsOn("POST " + API + "/accept")
  RedirectView accept(
      Caller caller,
      @PathVariable("id") UUID id,
      @RequestParam(name = "reason", required = false) @Nullable String reason,
      @RequestParam(name = "until", required = false) @Nullable String until,
      RedirectAttributes next) {
    findings.accept(caller, id, decision(reason, until));
    return done(id, next, "The finding is accepted.");
  }

  @PostMapping(PATH + "/snooze")
  @StandsOn("POST " + API + "/snooze")
  RedirectView snooze(
      Caller caller,
      @PathVariable("id") UUID id,
      @RequestParam(name = "reason", required = false) @Nullable String reason,
      @RequestParam(name = "until", required = false) @Nullable String until,
      RedirectAttributes next) {
    findings.snooze(caller, id, decision(reason, until));
    return done(id, next, "The finding is snoozed.");
  }

  private static DecisionRequest decision(@Nullable String reason, @Nullable String until) {
    return new DecisionRequest(FormFields.text(reason), FormFields.time(until));
  }

  @PostMapping(PATH + "/reopen")
  @StandsOn("POST " + API + "/reopen")
  RedirectView reopen(
      Caller caller,
      @PathVariable("id") UUID id,
      @RequestParam(name = "reason", required = false) @Nullable String reason,
      RedirectAttributes next) {
    findings.reopen(caller, id, new ReopenRequest(FormFields.text(reason)));
    return done(id, next, "The finding is open again.");
  }

  private static RedirectView done(UUID finding, RedirectAttributes next, String sentence) {
    return Redirects.done(FindingsPage.PATH + "/" + finding, sentence, next);
  }
}
