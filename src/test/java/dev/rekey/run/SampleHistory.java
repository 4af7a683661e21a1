package dev.rekey.run;

import java.sql.SQLException;

/** Sample history from before the sandbox was started. */
final class SampleHistory {

  private static final String INSERT =
      """
      insert into audit_event (
        id, type, occurred_at, outcome, reason, actor_id, actor_client_id, actor_team, actor_kind,
        upstream, subject, upstream_id, request_id, source_ip)
      values
        (test_uuidv7(), 'credential.delete.requested', now() - interval '9 days', null, null,
         'payments', 'payments', 'payments', 'caller', 'keycard',
         'organizations/acme/service-accounts/checkout', 'checkoutretiredcredential0', 'past-1',
         '127.0.0.1'),
        (test_uuidv7(), 'credential.delete.succeeded', now() - interval '9 days' + interval '1 second',
         'succeeded', null, 'payments', 'payments', 'payments', 'caller', 'keycard',
         'organizations/acme/service-accounts/checkout', 'checkoutretiredcredential0', 'past-1',
         '127.0.0.1'),
        (test_uuidv7(), 'access.denied', now() - interval '3 hours', 'denied',
         'no grant covers apps/crm/connectors/okta', 'search', 'search', 'search', 'caller',
         'conductorone', 'apps/crm/connectors/okta', null, 'past-2', '127.0.0.1')
      """;

  private SampleHistory() {}

  static void insert(PostgresServer postgres) {
    try (var connection = postgres.connect(PostgresServer.SERVICE);
        var statement = connection.createStatement()) {
      statement.execute(INSERT);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
