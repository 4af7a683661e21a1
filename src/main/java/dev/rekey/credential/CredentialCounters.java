package dev.rekey.credential;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Keeps the numbers of the inventory small. Who changes credentials appends what that changes in
 * them (V7__inventory.sql), and this adds it up; they are exact at any time, whoever is behind.
 */
@Component
class CredentialCounters {

  private static final long LOCK = 0x52656b657954616cL;

  private static final String FOLD =
      """
      with gone as (
        delete from credential_tally_change returning facet, hour, credentials)
      insert into credential_tally as tally (facet, hour, credentials)
      select facet, hour, sum(credentials) from gone
      group by facet, hour having sum(credentials) <> 0
      on conflict (facet, hour)
      do update set credentials = tally.credentials + excluded.credentials
      """;

  private final JdbcClient jdbc;

  CredentialCounters(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Folds in what is committed, unless another replica is at it. */
  @Scheduled(fixedDelayString = "2s")
  @Transactional
  void fold() {
    boolean isMine =
        jdbc.sql("select pg_try_advisory_xact_lock(:lock)")
            .param("lock", LOCK)
            .query(Boolean.class)
            .single();
    if (isMine) {
      jdbc.sql(FOLD).update();
    }
  }
}
