package dev.rekey.facade;

import dev.rekey.platform.Answers;
import dev.rekey.platform.ProblemType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** What can come of a route that calls an upstream, by the kind of the call. */
final class UpstreamCall {

  private UpstreamCall() {}

  /** Makes a credential. */
  @Retention(RetentionPolicy.RUNTIME)
  @Answers({
    ProblemType.NO_GRANT,
    ProblemType.RATE_LIMITED,
    ProblemType.REPEATED_MINT,
    ProblemType.ROTATION_IN_PROGRESS,
    ProblemType.ROTATION_UNRESOLVED,
    ProblemType.SECRET_NOT_REPLAYABLE,
    ProblemType.IDEMPOTENCY_KEY_REQUIRED,
    ProblemType.IDEMPOTENCY_KEY_REUSED,
    ProblemType.UPSTREAM_REFUSED,
    ProblemType.UPSTREAM_RATE_LIMITED,
    ProblemType.UPSTREAM_DENIED_US,
    ProblemType.UPSTREAM_UNAVAILABLE,
    ProblemType.ROTATION_OUTCOME_UNKNOWN,
    ProblemType.RECORD_UNAVAILABLE
  })
  @interface Mint {}

  /** Reads, so that its outcome never matters to anything but the answer. */
  @Retention(RetentionPolicy.RUNTIME)
  @Answers({
    ProblemType.NO_GRANT,
    ProblemType.UPSTREAM_REFUSED,
    ProblemType.UPSTREAM_RATE_LIMITED,
    ProblemType.UPSTREAM_DENIED_US,
    ProblemType.UPSTREAM_FAILED,
    ProblemType.UPSTREAM_TIMED_OUT,
    ProblemType.UPSTREAM_UNAVAILABLE
  })
  @interface Read {}

  /** Changes a credential. */
  @Retention(RetentionPolicy.RUNTIME)
  @Answers({
    ProblemType.NO_GRANT,
    ProblemType.UPSTREAM_REFUSED,
    ProblemType.UPSTREAM_RATE_LIMITED,
    ProblemType.UPSTREAM_DENIED_US,
    ProblemType.UPSTREAM_UNAVAILABLE,
    ProblemType.CHANGE_OUTCOME_UNKNOWN,
    ProblemType.RECORD_UNAVAILABLE
  })
  @interface Change {}

  /** Ends a credential; that the upstream does not know it any more is a success. */
  @Retention(RetentionPolicy.RUNTIME)
  @Answers(
      value = {
        ProblemType.NO_GRANT,
        ProblemType.UPSTREAM_REFUSED,
        ProblemType.UPSTREAM_RATE_LIMITED,
        ProblemType.UPSTREAM_DENIED_US,
        ProblemType.UPSTREAM_UNAVAILABLE,
        ProblemType.CHANGE_OUTCOME_UNKNOWN,
        ProblemType.RECORD_UNAVAILABLE
      },
      refusedAs = {400, 409, 422, 502})
  @interface Retire {}
}
