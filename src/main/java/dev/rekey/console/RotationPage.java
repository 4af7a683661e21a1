package dev.rekey.console;

import static dev.rekey.console.Responses.body;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.rotation.DeliveryMode;
import dev.rekey.rotation.IdempotencyKey;
import dev.rekey.rotation.RotationController;
import dev.rekey.rotation.RotationDecisionController;
import dev.rekey.rotation.RotationDecisionController.Confirmation;
import dev.rekey.rotation.RotationDecisionController.Force;
import dev.rekey.rotation.RotationDecisionController.Resolution;
import dev.rekey.rotation.RotationDecisions;
import dev.rekey.rotation.RotationStatus.Action;
import dev.rekey.rotation.RotationView;
import dev.rekey.upstream.Subject;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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

/** One rotation, and the decisions about it. */
@ConsolePage
class RotationPage {

  private static final String PATH = RotationsPage.PATH + "/{id}";
  private static final String API = "/api/v1/rotations/{id}";

  private final RotationController rotations;
  private final RotationDecisionController decisions;
  private final RotationDecisions targets;
  private final Access access;
  private final Clock clock;

  RotationPage(
      RotationController rotations,
      RotationDecisionController decisions,
      RotationDecisions targets,
      Access access,
      Clock clock) {
    this.rotations = rotations;
    this.decisions = decisions;
    this.targets = targets;
    this.access = access;
    this.clock = clock;
  }

  @GetMapping(PATH)
  @StandsOn("GET " + API)
  String show(Caller caller, @PathVariable("id") UUID id, Model page) {
    RotationView rotation = rotations.get(caller, id);
    var subject = Subject.of(rotation.upstream(), rotation.subject());
    String place = targets.place(subject).orElse(null);
    page.addAttribute("rotation", rotation);
    page.addAttribute("nextStep", NextStep.of(rotation));
    page.addAttribute("line", TimeLine.of(rotation, clock.instant()));
    page.addAttribute("place", place);
    page.addAttribute("offered", offered(caller, rotation, subject, place));
    page.addAttribute("key", UUID.randomUUID().toString());
    page.addAttribute(
        "mayReadHistory", access.hasScopeFor(caller, HttpMethod.GET, "/api/v1/audit-events"));
    return "console/rotation";
  }

  /** The names of the possible actions that the caller may do here. */
  private Set<String> offered(
      Caller caller, RotationView rotation, Subject subject, @Nullable String place) {
    var offered = EnumSet.noneOf(Action.class);
    for (Action action : rotation.possible()) {
      boolean isOffered =
          switch (action) {
            case CONFIRM, REVERT -> access.mayChange(caller, subject);
            // Without a target, a person would have to see the secret.
            case REISSUE -> place != null && access.mayChange(caller, subject);
            case RESOLVE -> true;
          };
      if (isOffered && access.hasScopeFor(caller, HttpMethod.POST, path(rotation.id(), action))) {
        offered.add(action);
      }
    }
    return Set.copyOf(offered.stream().map(Action::toString).toList());
  }

  private static String path(UUID id, Action action) {
    return "/api/v1/rotations/" + id + "/" + action;
  }

  @PostMapping(PATH + "/confirm")
  @StandsOn("POST " + API + "/confirm")
  RedirectView confirm(
      Caller caller,
      @PathVariable("id") UUID id,
      @RequestParam(name = "graceSeconds", required = false) @Nullable String graceSeconds,
      @RequestParam(name = "force", required = false) @Nullable Boolean force,
      RedirectAttributes next) {
    Integer grace = FormFields.number("graceSeconds", graceSeconds);
    decisions.confirm(
        caller, id, new Confirmation(grace == null ? null : grace.longValue(), force));
    return done(id, next, "The rotation is confirmed. Rekey removes the old credential.");
  }

  @PostMapping(PATH + "/revert")
  @StandsOn("POST " + API + "/revert")
  RedirectView revert(
      Caller caller,
      @PathVariable("id") UUID id,
      @RequestParam(name = "force", required = false) @Nullable Boolean force,
      RedirectAttributes next) {
    decisions.revert(caller, id, new Force(force));
    return done(id, next, "The rotation is reverted. Rekey removes the new credential.");
  }

  /**
   * @param key of the form, so that a form that is sent twice mints once
   */
  @PostMapping(PATH + "/reissue")
  @StandsOn("POST " + API + "/reissue")
  RedirectView reissue(
      Caller caller,
      @PathVariable("id") UUID id,
      @RequestParam(name = "key") String key,
      @RequestParam(name = "force", required = false) @Nullable Boolean force,
      RedirectAttributes next) {
    UUID reissued =
        body(decisions.reissue(
                caller, id, IdempotencyKey.of(List.of(key)), DeliveryMode.ONLY, new Force(force)))
            .rotationId();
    return done(reissued, next, "The credential is reissued. This is the new rotation.");
  }

  @PostMapping(PATH + "/resolve")
  @StandsOn("POST " + API + "/resolve")
  RedirectView resolve(
      Caller caller,
      @PathVariable("id") UUID id,
      @RequestParam(name = "reason", required = false) @Nullable String reason,
      RedirectAttributes next) {
    decisions.resolve(caller, id, new Resolution(reason));
    return done(id, next, "The rotation is resolved.");
  }

  private static RedirectView done(UUID rotation, RedirectAttributes next, String sentence) {
    return Redirects.done(RotationsPage.PATH + "/" + rotation, sentence, next);
  }
}
