package dev.rekey.credential;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Compacts the counters of the inventory. A trigger appends the differences that a transaction
 * makes (V7__inventory.sql), and this adds them up. The sum of both is exact at any time.
 */
@Component
class CredentialCounters {

  private static final long LOCK = 0x52656b657954616cL;

  private final CredentialRepository rows;
  private final JdbcClient jdbc;

  CredentialCounters(CredentialRepository rows, JdbcClient jdbc) {
    this.rows = rows;
    this.jdbc = jdbc;
  }

  /** Adds up the committed differences, unless another replica does so. */
  @Scheduled(fixedDelayString = "2s")
  @Transactional
  void compact() {
    if (rows.tryLock(LOCK)) {
      jdbc.sql(
              """
              with moved as (
                delete from credential_tally_change returning facet, hour, credentials)
              insert into credential_tally as tally (facet, hour, credentials)
              select facet, hour, sum(credentials) from moved
              group by facet, hour having sum(credentials) <> 0
              on conflict (facet, hour)
              do update set credentials = tally.credentials + excluded.credentials
              """)
          .update();
    }
  }
}
