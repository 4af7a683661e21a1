package dev.rekey.automation;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.Permit;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.problem.Reason;
import dev.rekey.platform.problem.Until;
import dev.rekey.upstream.Upstreams;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.annotation.JsonDeserialize;

/** Lets admins pause and resume the rotations by policies. */
@RestController
@RequestMapping(path = "/api/v1/policies", produces = MediaType.APPLICATION_JSON_VALUE)
public class AutomationController {

  private static final Duration MAX_PAUSE = Duration.ofDays(366);
  private static final Duration EXAMPLE = Duration.ofDays(1);

  private final AutomationLedger ledger;
  private final CoveredSubjects covered;
  private final Upstreams upstreams;
  private final Access access;
  private final Clock clock;

  AutomationController(
      AutomationLedger ledger,
      CoveredSubjects covered,
      Upstreams upstreams,
      Access access,
      Clock clock) {
    this.ledger = ledger;
    this.covered = covered;
    this.upstreams = upstreams;
    this.access = access;
    this.clock = clock;
  }

  public record PauseRequest(
      @Nullable String subject,
      @JsonDeserialize(converter = Until.Text.class) @Nullable Instant until,
      @Nullable String reason) {}

  public record ResumeRequest(@Nullable String subject, @Nullable String reason) {}

  @PostMapping("/pause")
  public Pause pause(Caller caller, @RequestBody PauseRequest request) {
    String reason = Reason.required(request.reason());
    Instant until = Until.required(request.until(), clock.instant(), MAX_PAUSE, EXAMPLE);
    return request.subject() == null
        ? ledger.pauseAll(caller, reason, until)
        : ledger.pause(permit(caller, request.subject()), reason, until);
  }

  /** Ends a pause, and allows new tries of a rotation that was halted. */
  @PostMapping("/resume")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  public void resume(Caller caller, @RequestBody ResumeRequest request) {
    String reason = Reason.required(request.reason());
    boolean hadAny =
        request.subject() == null
            ? ledger.resumeAll(caller, reason)
            : ledger.resume(permit(caller, request.subject()), reason);
    if (!hadAny) {
      throw ProblemType.WRONG_STATE.with(
          request.subject() == null
              ? "There is no pause of all subjects. Name the subject to resume one."
              : "The rotations of this subject are neither paused nor halted.");
    }
  }

  private Permit.Administer permit(Caller caller, String subject) {
    return covered
        .find(String.valueOf(upstreams.canonical(subject)))
        .map(each -> access.toAdminister(caller, each.subject()))
        .orElseThrow(
            () ->
                ProblemType.INVALID_REQUEST.with(
                    "No policy rotates this subject. GET /api/v1/policies/preview shows those that"
                        + " policies rotate."));
  }
}
