package bench.page;

import bench.page.PageApplication.Queries;
import bench.page.Rows.Page;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A page of the inventory. */
@RestController
class InventoryPage {

  private final JdbcClient jdbc;
  private final Grants grants;
  private final String sql;

  InventoryPage(JdbcClient jdbc, Grants grants, Queries queries) {
    this.jdbc = jdbc;
    this.grants = grants;
    this.sql = queries.named("inventory");
  }

  /** The JSON of Rekey. */
  record Credential(
      UUID id,
      String upstream,
      String subject,
      String upstreamId,
      String clientId,
      String displayName,
      String description,
      String status,
      String origin,
      boolean ownLogin,
      Instant createdAt,
      Instant updatedAt,
      Instant expiresAt,
      Instant policyExpiresAt,
      Instant lastUsedAt,
      Instant deletedAt,
      Instant recordedAt,
      Instant observedAt,
      UUID rotationId,
      UUID replacedBy,
      Sources sources) {}

  record Sources(Source facts, Source status, Source end) {}

  record Source(String from, Instant at) {}

  @GetMapping("/api/v1/credentials")
  Page<Credential> page() {
    grants.require("credentials:read");
    List<Credential> found = jdbc.sql(sql).query((row, _) -> credential(row)).list();
    return Rows.page(found, credential -> credential.recordedAt() + "," + credential.id());
  }

  private static Credential credential(ResultSet row) throws SQLException {
    Instant observed = Rows.time(row, "observed_at");
    Instant expires = Rows.time(row, "expires_at");
    Instant policy = Rows.time(row, "policy_expires_at");
    Instant end = expires == null ? policy : expires;
    return new Credential(
        row.getObject("id", UUID.class),
        row.getString("upstream"),
        row.getString("subject"),
        row.getString("upstream_id"),
        row.getString("client_id"),
        row.getString("display_name"),
        row.getString("description"),
        row.getString("status"),
        row.getString("origin"),
        false,
        Rows.time(row, "created_at"),
        Rows.time(row, "updated_at"),
        expires,
        policy,
        Rows.time(row, "last_used_at"),
        Rows.time(row, "deleted_at"),
        Rows.time(row, "recorded_at"),
        observed,
        row.getObject("rotation_id", UUID.class),
        row.getObject("replaced_by", UUID.class),
        new Sources(
            new Source("UPSTREAM", observed),
            new Source("UPSTREAM", observed),
            end == null ? null : new Source(expires == null ? "POLICY" : "UPSTREAM", observed)));
  }
}
