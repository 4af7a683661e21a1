package dev.rekey.audit;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Refuses to run with a database role that could change the history. */
@Component
class AppendOnlyCheck implements InitializingBean {

  private final JdbcClient jdbc;

  AppendOnlyCheck(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public void afterPropertiesSet() {
    boolean mayChange =
        jdbc.sql("select has_table_privilege('audit_event', 'update, delete, truncate')")
            .query(Boolean.class)
            .single();
    if (mayChange) {
      throw new IllegalStateException(
          "spring.datasource.username is a role that may change audit_event; it has to be a lesser"
              + " one than spring.flyway.user, which owns the schema (docs/configuration.md)");
    }
  }
}
