package dev.rekey.automation;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rekey.policy.PolicyOutline;
import dev.rekey.policy.WaitsFor;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A policy as the API returns it: first as it is configured, see {@link PolicyOutline}.
 *
 * @param waiting how many of the subjects that it rotates wait for what, of those that the caller
 *     may see
 * @param overdue how many of them are due
 * @param nextRotationAt when the next of them starts at the earliest; null if none is planned
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record PolicyView(
    String name,
    List<String> subjects,
    List<PolicyOutline.Action> actions,
    PolicyOutline.@Nullable Windows windows,
    @Nullable String overlap,
    String jitter,
    String ramp,
    PolicyOutline.Tries retries,
    List<String> deliverTo,
    Map<WaitsFor, Long> waiting,
    long overdue,
    @Nullable Instant nextRotationAt) {

  static PolicyView of(
      PolicyOutline policy,
      Map<WaitsFor, Long> waiting,
      long overdue,
      @Nullable Instant nextRotationAt) {
    return new PolicyView(
        policy.name(),
        policy.subjects(),
        policy.actions(),
        policy.windows(),
        policy.overlap(),
        policy.jitter(),
        policy.ramp(),
        policy.retries(),
        policy.deliverTo(),
        waiting,
        overdue,
        nextRotationAt);
  }

  /**
   * All policies in the order in which they are matched.
   *
   * @param freezes times in which none of them rotates
   * @param pauses those that are not over
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record PolicyList(
      List<PolicyView> items, List<PolicyOutline.Windows> freezes, List<Pause> pauses) {}

  /** The next rotations, with the reason why each one has not started. */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Preview(List<Planned> items) {}

  /**
   * A subject that a policy rotates.
   *
   * @param credentialId the credential that is rotated next; null if that is not clear
   * @param tries how often that was tried in vain
   * @param why a sentence
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Planned(
      String upstream,
      String subject,
      String policy,
      String target,
      @Nullable UUID credentialId,
      @Nullable Instant dueAt,
      @Nullable Instant nextRotationAt,
      WaitsFor waitsFor,
      boolean breaksWindow,
      int tries,
      @Nullable String lastFailure,
      String why) {

    static Planned of(PlannedRotation each) {
      Covered covered = each.covered();
      return new Planned(
          covered.subject().upstream().value(),
          covered.name(),
          covered.policy().name(),
          covered.target(),
          each.current() == null ? null : each.current().id(),
          each.next().dueAt(),
          each.next().at(),
          each.next().waitsFor(),
          each.next().breaksWindow(),
          each.attempts().tries(),
          each.attempts().lastFailure(),
          Explanation.of(each));
    }
  }
}
