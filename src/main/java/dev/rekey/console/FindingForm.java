package dev.rekey.console;

import dev.rekey.finding.FindingKind;
import dev.rekey.finding.FindingQuery;
import dev.rekey.finding.FindingSeverity;
import dev.rekey.finding.FindingState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of the form that searches findings, with the values of a query.
 *
 * @param kinds the filter by kind, which the page also shows as links
 * @param subject names and patterns, joined by commas; null for none
 * @param owner names of teams, joined by commas; null for any
 * @param sort a value of {@link #orders}
 * @param limit the rows of a page; null for the default
 */
record FindingForm(
    Choice kinds,
    @Nullable String subject,
    @Nullable String owner,
    List<Choice> more,
    String sort,
    @Nullable Integer limit) {

  private static final String LATEST_FIRST = "-openedAt";

  private static final List<ListOrder> ORDERS =
      List.of(
          new ListOrder(LATEST_FIRST, "Last opened first"),
          new ListOrder("openedAt", "First opened first"),
          new ListOrder("since", "Longest true first"),
          new ListOrder("-since", "Last become true first"));

  static FindingForm of(
      FindingQuery query, @Nullable Integer limit, List<String> upstreams, List<String> teams) {
    return new FindingForm(
        Choice.of("kind", "Kind", query.kind(), FindingKind.values()),
        query.subject() == null ? null : query.subject().toString(),
        query.owner() == null ? null : query.owner().toString(),
        List.of(
            Choice.of("severity", "Severity", query.severity(), FindingSeverity.values()),
            Choice.of("state", "State", query.state(), FindingState.values()),
            Choice.ofNames("upstream", "Upstream", query.upstream(), upstreams),
            Choice.ofNames("team", "Granted to team", query.team(), teams)),
        query.sort() == null ? LATEST_FIRST : query.sort(),
        limit);
  }

  public List<ListOrder> orders() {
    return ORDERS;
  }

  /** Whether a filter is used that the form hides otherwise. */
  public boolean usesMore() {
    return more.stream().anyMatch(Choice::isUsed);
  }

  public boolean isChosen(FindingKind kind) {
    return kinds.options().stream()
        .anyMatch(option -> option.isChosen() && option.value().equals(kind.text()));
  }
}
