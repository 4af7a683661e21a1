package dev.rekey.console;

import dev.rekey.credential.CredentialOrigin;
import dev.rekey.credential.CredentialStatus;
import dev.rekey.credential.InventoryController.InventoryQuery;
import dev.rekey.policy.WaitsFor;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The fields of the form that searches the inventory, with the values of a query.
 *
 * @param subject names and patterns, joined by commas; null for none
 * @param common the choices that people use most
 * @param more the other choices
 * @param overdue {@code true}, {@code false} or empty for both
 * @param sort a value of {@link #orders}, in any case; empty for the default
 * @param limit the rows of a page; null for the default
 */
record InventoryForm(
    @Nullable String q,
    @Nullable String subject,
    List<Choice> common,
    List<Choice> more,
    String overdue,
    List<DateField> dates,
    String sort,
    @Nullable Integer limit) {

  /** The order without a parameter: the last recorded first. */
  private static final String DEFAULT = "";

  private static final List<ListOrder> ORDERS =
      List.of(
          new ListOrder(DEFAULT, "Last recorded first"),
          new ListOrder("recordedAt", "First recorded first"),
          new ListOrder("-createdAt", "Newest first"),
          new ListOrder("createdAt", "Oldest first"),
          new ListOrder("expiresAt", "Next to expire first"),
          new ListOrder("-expiresAt", "Last to expire first"),
          new ListOrder("lastUsedAt", "Longest unused first"),
          new ListOrder("-lastUsedAt", "Last used first"),
          new ListOrder("nextRotationAt", "Next to rotate first"),
          new ListOrder("-nextRotationAt", "Last to rotate first"),
          new ListOrder("subject", "Subject, from A"),
          new ListOrder("-subject", "Subject, from Z"),
          new ListOrder("displayName", "Name, from A"),
          new ListOrder("-displayName", "Name, from Z"));

  static InventoryForm of(
      InventoryQuery query,
      @Nullable Integer limit,
      List<String> upstreams,
      List<String> policies,
      List<String> teams) {
    return new InventoryForm(
        query.q(),
        query.subject() == null ? null : query.subject().toString(),
        List.of(
            Choice.of("status", "Status", query.status(), CredentialStatus.values()),
            Choice.of("upstream", "Upstream", query.upstream(), upstreams.toArray())),
        List.of(
            Choice.of("origin", "Origin", query.origin(), CredentialOrigin.values()),
            Choice.ofNames("team", "Granted to team", query.team(), teams),
            Choice.of("policy", "Policy", query.policy(), policies.toArray()),
            Choice.of("waitsFor", "Rotation waits for", query.waitsFor(), WaitsFor.values())),
        query.overdue() == null ? "" : query.overdue().toString(),
        List.of(
            DateField.of("expiresAfter", "Expires from", query.expiresAfter()),
            DateField.of("expiresBefore", "Expires before", query.expiresBefore()),
            DateField.of("notUsedSince", "Not used since", query.notUsedSince()),
            DateField.of("createdAfter", "Created from", query.createdAfter()),
            DateField.of("createdBefore", "Created before", query.createdBefore()),
            DateField.of("nextRotationAfter", "Rotates from", query.nextRotationAfter()),
            DateField.of("nextRotationBefore", "Rotates before", query.nextRotationBefore())),
        query.sort() == null ? DEFAULT : query.sort(),
        limit);
  }

  public List<ListOrder> orders() {
    return ORDERS;
  }

  /** Whether a filter is used that the form hides otherwise. */
  public boolean usesMore() {
    return !overdue.isEmpty()
        || more.stream().anyMatch(Choice::isUsed)
        || dates.stream().anyMatch(DateField::isUsed);
  }

  /** Whether anything restricts the list. */
  public boolean usesAny() {
    return usesMore()
        || q != null
        || subject != null
        || Stream.concat(common.stream(), more.stream()).anyMatch(Choice::isUsed);
  }
}
