package dev.rekey.audit.chain;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The hashed columns of an event, in canonical order. */
public final class EventColumns {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final byte[] NONE = {};

  /** The columns of a table {@code e}, for a select list. */
  public static final String SELECTED =
      "e.schema_version, e.id, e.type, e.occurred_at, e.outcome, e.reason, e.actor_id,"
          + " e.actor_client_id, e.actor_team, e.actor_kind, e.upstream, e.subject, e.upstream_id,"
          + " e.credential_id, e.rotation_id, e.request_id, e.trace_id, e.source_ip,"
          + " e.source_user_agent, e.backfilled, e.changes";

  public static final int ID = 1;
  public static final int TYPE = 2;
  public static final int OCCURRED_AT = 3;
  static final int OUTCOME = 4;
  static final int TEAM = 8;
  static final int UPSTREAM = 10;
  static final int SUBJECT = 11;
  private static final int BACKFILLED = 19;
  public static final int CHANGES = 20;

  static final int COUNT = 21;

  private EventColumns() {}

  /** The canonical bytes of a row that starts with {@link #SELECTED}. */
  public static CanonicalBytes canonical(CopyRows row, CanonicalBytes into) {
    if (!row.isEmptyList(CHANGES)) {
      return canonical(row, JSON.readTree(row.json(CHANGES)), into);
    }
    row.appendTo(into.clear(), 0, BACKFILLED);
    return into.bytes(NONE);
  }

  /** The same, with the row's changes already parsed. */
  public static CanonicalBytes canonical(CopyRows row, JsonNode changes, CanonicalBytes into) {
    row.appendTo(into.clear(), 0, BACKFILLED);
    return into.changes(changes);
  }
}
