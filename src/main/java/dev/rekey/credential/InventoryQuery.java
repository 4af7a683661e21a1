package dev.rekey.credential;

import dev.rekey.access.SubjectFilter;
import dev.rekey.platform.query.QueryText;
import dev.rekey.upstream.Upstreams;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The query parameters of a search of the inventory, except those of its pages. */
record InventoryQuery(
    @Nullable String upstream,
    @Nullable String subject,
    @Nullable String team,
    @Nullable List<String> status,
    @Nullable CredentialOrigin origin,
    @Nullable Instant expiresBefore,
    @Nullable Instant notUsedSince,
    @Nullable String q,
    @Nullable String sort) {

  private static final int MIN_Q = 3;
  private static final Pattern Q = Pattern.compile("\\P{Cntrl}{" + MIN_Q + ",200}");

  /** Throws an {@code invalid-parameter} problem if a value is malformed. */
  InventoryFilter filter(Upstreams upstreams) {
    if (upstream != null && !upstreams.names().contains(upstream)) {
      throw QueryText.invalid("upstream has to be one of " + upstreams.names() + ".");
    }
    if (q != null && !Q.matcher(q).matches()) {
      throw QueryText.invalid(
          "q has to be " + MIN_Q + " to 200 characters, none of them a control character.");
    }
    return new InventoryFilter(
        upstream,
        SubjectFilter.of(upstreams, subject),
        QueryText.name("team", team),
        statuses(),
        origin,
        QueryText.time("expiresBefore", expiresBefore),
        QueryText.time("notUsedSince", notUsedSince),
        q);
  }

  private List<CredentialStatus> statuses() {
    List<String> names = status == null ? List.of() : status;
    Set<CredentialStatus> known = EnumSet.allOf(CredentialStatus.class);
    if (!known.stream().map(CredentialStatus::name).toList().containsAll(names)) {
      throw QueryText.invalid("status has to be one or more of " + known + ".");
    }
    return known.stream().filter(each -> names.contains(each.name())).toList();
  }

  /** Throws an {@code invalid-parameter} problem if there is no such order. */
  InventoryOrder order() {
    return InventoryOrder.parse(sort);
  }
}
