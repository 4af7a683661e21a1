package dev.rekey.automation;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.Permit;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.problem.Reason;
import dev.rekey.upstream.Upstreams;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.util.StdConverter;

/** Lets admins pause and resume the rotations by policies. */
@RestController
@RequestMapping(path = "/api/v1/policies", produces = MediaType.APPLICATION_JSON_VALUE)
class AutomationController {

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

  record PauseRequest(
      @Nullable String subject,
      @JsonDeserialize(converter = TimeText.class) @Nullable Instant until,
      @Nullable String reason) {}

  record ResumeRequest(@Nullable String subject, @Nullable String reason) {}

  @PostMapping("/pause")
  Pause pause(Caller caller, @RequestBody PauseRequest request) {
    String reason = Reason.required(request.reason());
    Instant until = until(request.until());
    return request.subject() == null
        ? ledger.pauseAll(caller, reason, until)
        : ledger.pause(permit(caller, request.subject()), reason, until);
  }

  /** Ends a pause, and allows new tries of a rotation that was halted. */
  @PostMapping("/resume")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void resume(Caller caller, @RequestBody ResumeRequest request) {
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

  private Instant until(@Nullable Instant until) {
    Instant now = clock.instant();
    if (until == null || !until.isAfter(now) || until.isAfter(now.plus(MAX_PAUSE))) {
      throw ProblemType.INVALID_REQUEST.with(
          "until has to be a time in the next %d days, such as %s."
              .formatted(MAX_PAUSE.toDays(), now.plus(EXAMPLE).truncatedTo(ChronoUnit.SECONDS)));
    }
    return until.truncatedTo(ChronoUnit.MICROS);
  }

  /** Takes a text, and no number, whose unit nobody would know. */
  static final class TimeText extends StdConverter<String, Instant> {

    @Override
    public Instant convert(String text) {
      return Instant.parse(text);
    }
  }
}
