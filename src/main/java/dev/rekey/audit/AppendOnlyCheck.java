package dev.rekey.audit;

import dev.rekey.platform.StartCheck;
import dev.rekey.platform.settings.PropertyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Refuses to start with a database role that may change the history. */
@Component
class AppendOnlyCheck implements StartCheck {

  private final JdbcClient jdbc;

  AppendOnlyCheck(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public void check() {
    boolean mayChange =
        jdbc.sql(
                """
                select bool_or(has_table_privilege(history, 'update, delete, truncate')) from (
                  select unnest(array['audit_event', 'audit_seal', 'audit_checkpoint'])::regclass
                  union all
                  select inhrelid from pg_inherits where inhparent = 'audit_event'::regclass
                ) as tables (history)
                """)
            .query(Boolean.class)
            .single();
    if (mayChange) {
      throw new PropertyException(
          "spring.datasource.username",
          "is a role that may change the history; use one with fewer rights than the schema's owner"
              + " (docs/configuration.md)");
    }
  }
}
