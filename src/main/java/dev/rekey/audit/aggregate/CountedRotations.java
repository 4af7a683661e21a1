package dev.rekey.audit.aggregate;

import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditQuery;
import dev.rekey.platform.query.SqlPart;
import dev.rekey.platform.query.TimeRange;

/** Finds the rotations that a chart counts. The package that records rotations implements this. */
public interface CountedRotations {

  /**
   * A query of the visible rotations that a request asks for. It has a row for each with the
   * columns of an event: {@code occurred_at} is the time of its request and {@code outcome} its
   * state, and {@code actor_team}, {@code upstream}, {@code actor_id} and {@code subject} are those
   * of its request. The column {@code seconds} is the time until its outcome was recorded; null if
   * it has none yet. Throws an {@code invalid-parameter} problem if a value is malformed.
   *
   * @param query the filter; {@code outcome} names states, and there is no {@code type}
   * @param requested when the rotations were requested
   */
  SqlPart query(AuditQuery query, TimeRange requested, Visibility visibility);
}
