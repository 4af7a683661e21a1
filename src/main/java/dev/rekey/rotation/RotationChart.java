package dev.rekey.rotation;

import dev.rekey.access.SubjectFilter;
import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditQuery;
import dev.rekey.audit.aggregate.CountedRotations;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.query.Selection;
import dev.rekey.platform.query.SqlPart;
import dev.rekey.platform.query.TimeRange;
import dev.rekey.rotation.Rotations.Filter;
import dev.rekey.upstream.Upstreams;
import java.util.List;
import org.springframework.stereotype.Component;

/** Lets charts count rotations. */
@Component
class RotationChart implements CountedRotations {

  private final Upstreams upstreams;

  RotationChart(Upstreams upstreams) {
    this.upstreams = upstreams;
  }

  @Override
  public SqlPart query(AuditQuery query, TimeRange requested, Visibility visibility) {
    Conditions where = filter(query, requested).conditions();
    visibility.addTo(where, "r.subject", "visible");
    // The clocks of two replicas may differ.
    String sql =
        """
        select r.requested_at as occurred_at, r.state as outcome, r.actor_team, r.upstream,
          r.actor_id, r.subject,
          case when r.closed_at is not null
            then greatest(0, extract(epoch from r.closed_at - r.requested_at)) end as seconds
        from rotation r where %s
        """
            .formatted(where.sql());
    return new SqlPart(sql, where.params());
  }

  private Filter filter(AuditQuery query, TimeRange requested) {
    return new Filter(
        QueryText.anyOf("outcome", query.outcome(), MutationState.values()),
        List.of(),
        QueryText.anyOf("upstream", query.upstream(), upstreams.names().toArray(String[]::new)),
        SubjectFilter.of(upstreams, query.subject()),
        Selection.names("team", query.team()),
        List.of(),
        requested);
  }
}
