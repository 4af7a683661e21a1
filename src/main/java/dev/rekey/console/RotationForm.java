package dev.rekey.console;

import dev.rekey.rotation.MutationState;
import dev.rekey.rotation.Need;
import dev.rekey.rotation.RotationController.RotationQuery;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of the form that searches rotations, with the values of a query.
 *
 * @param subject names and patterns, joined by commas; null for none
 * @param credentialId null for any
 * @param limit the rows of a page; null for the default
 */
record RotationForm(
    @Nullable String subject,
    @Nullable String credentialId,
    Choice needs,
    List<Choice> more,
    List<DateField> dates,
    @Nullable Integer limit) {

  static RotationForm of(
      RotationQuery query, @Nullable Integer limit, List<String> upstreams, List<String> teams) {
    return new RotationForm(
        query.subject() == null ? null : query.subject().toString(),
        query.credentialId() == null ? null : query.credentialId().toString(),
        Choice.of("needs", "Waits for", query.needs(), Need.values()),
        List.of(
            Choice.of("state", "State", query.state(), MutationState.values()),
            Choice.ofNames("upstream", "Upstream", query.upstream(), upstreams),
            Choice.ofNames("team", "Granted to team", query.team(), teams)),
        List.of(
            DateField.of("from", "Requested from", query.from()),
            DateField.of("to", "Requested before", query.to())),
        limit);
  }

  /** Whether a filter is used that the form hides otherwise. */
  public boolean usesMore() {
    return credentialId != null || more.stream().anyMatch(Choice::isUsed);
  }

  /** Whether anything restricts the list. */
  public boolean usesAny() {
    return subject != null
        || usesMore()
        || needs.isUsed()
        || dates.stream().anyMatch(DateField::isUsed);
  }
}
