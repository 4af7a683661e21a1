package dev.rekey.audit;

import dev.rekey.run.PostgresServer;

/** January 2020 in the history, which retention may drop. */
public final class OldMonth implements AutoCloseable {

  static final String TABLE = "audit_event_2020_01";

  private final PostgresServer postgres;

  /** Creates the month, without an event. */
  public OldMonth(PostgresServer postgres) {
    this.postgres = postgres;
    postgres.execute(
        "create table "
            + TABLE
            + " partition of audit_event for values from ('2020-01-01 00:00:00+00') to"
            + " ('2020-02-01 00:00:00+00'); alter table "
            + TABLE
            + " owner to rekey_owner");
  }

  /** Appends a denial at a time in UTC. The sealer will seal it. */
  public void append(String time) {
    postgres.execute(
        "insert into audit_event (id, type, occurred_at, actor_id, actor_kind)"
            + " values (test_uuidv7(), 'access.denied', '%s+00', 'x', 'caller')".formatted(time));
  }

  /** Drops the month, if it is still there. Its seals remain. */
  @Override
  public void close() {
    postgres.execute("drop table if exists " + TABLE);
  }
}
