package dev.rekey.console;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.automation.AutomationController;
import dev.rekey.automation.AutomationController.PauseRequest;
import dev.rekey.automation.AutomationController.ResumeRequest;
import dev.rekey.automation.PolicyController;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;

/** The policies, the rotations that they plan, and their pauses. */
@ConsolePage
class PoliciesPage {

  private static final String PATH = "/console/policies";
  private static final String PAUSE = "POST /api/v1/policies/pause";
  private static final String RESUME = "POST /api/v1/policies/resume";

  private final PolicyController policies;
  private final AutomationController automation;
  private final Access access;

  PoliciesPage(PolicyController policies, AutomationController automation, Access access) {
    this.policies = policies;
    this.automation = automation;
    this.access = access;
  }

  @ModelAttribute("mayPause")
  boolean mayPause(Caller caller) {
    return access.hasScopeFor(caller, HttpMethod.POST, "/api/v1/policies/pause");
  }

  @GetMapping(PATH)
  @StandsOn("GET /api/v1/policies")
  String show(Caller caller, Model page) {
    page.addAttribute("list", policies.list(caller));
    return "console/policies";
  }

  @GetMapping(PATH + "/preview")
  @StandsOn("GET /api/v1/policies/preview")
  String preview(
      Caller caller, @RequestParam(name = "days", defaultValue = "30") int days, Model page) {
    page.addAttribute("planned", policies.preview(caller, days).items());
    page.addAttribute("days", days);
    return "console/preview";
  }

  /**
   * @param subject null for all subjects
   */
  @PostMapping(PATH + "/pause")
  @StandsOn(PAUSE)
  RedirectView pause(
      Caller caller,
      @RequestParam(name = "subject", required = false) @Nullable String subject,
      @RequestParam(name = "reason", required = false) @Nullable String reason,
      @RequestParam(name = "until", required = false) @Nullable String until,
      RedirectAttributes next) {
    automation.pause(caller, new PauseRequest(stripped(subject), FormFields.time(until), reason));
    return Redirects.done(
        PATH,
        subject == null
            ? "The rotations by all policies are paused."
            : "The rotations of the subject are paused.",
        next);
  }

  /**
   * @param subject null for the pause of all subjects
   */
  @PostMapping(PATH + "/resume")
  @StandsOn(RESUME)
  RedirectView resume(
      Caller caller,
      @RequestParam(name = "subject", required = false) @Nullable String subject,
      @RequestParam(name = "reason", required = false) @Nullable String reason,
      RedirectAttributes next) {
    automation.resume(caller, new ResumeRequest(stripped(subject), reason));
    return Redirects.done(
        PATH,
        subject == null
            ? "The pause of all policies is over."
            : "The rotations of the subject are resumed.",
        next);
  }

  // An empty field is no subject, and must not pause or resume all of them.
  private static @Nullable String stripped(@Nullable String subject) {
    return subject == null ? null : subject.strip();
  }
}
