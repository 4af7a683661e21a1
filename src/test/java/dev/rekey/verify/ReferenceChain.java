package dev.rekey.verify;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Seals and exports by docs/audit-chain.md only, without Rekey's code, to check it independently.
 */
final class ReferenceChain {

  static final JsonMapper JSON = JsonMapper.shared();

  private static final HexFormat HEX = HexFormat.of();
  private static final Instant YEAR_2000 = Instant.parse("2000-01-01T00:00:00Z");

  private final KeyPair keys;

  ReferenceChain(KeyPair keys) {
    this.keys = keys;
  }

  static KeyPair newKeys() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The public key in the format of {@code openssl pkey -pubout}. */
  static String pem(KeyPair keys) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getEncoder().encodeToString(keys.getPublic().getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  /** Encodes fields with their lengths. */
  private static final class Fields {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    Fields add(byte @Nullable [] value) {
      try {
        out.writeInt(value == null ? -1 : value.length);
        if (value != null) {
          out.write(value);
        }
        return this;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Fields text(JsonNode value) {
      return add(value.isString() ? value.asString().getBytes(StandardCharsets.UTF_8) : null);
    }

    Fields id(JsonNode value) {
      return add(value.isString() ? HEX.parseHex(value.asString().replace("-", "")) : null);
    }

    Fields number(long value) {
      return add(HEX.parseHex("%016x".formatted(value)));
    }

    Fields time(JsonNode value) {
      return number(ChronoUnit.MICROS.between(YEAR_2000, Instant.parse(value.asString())));
    }

    byte[] toByteArray() {
      return bytes.toByteArray();
    }
  }

  /** The row hash of an event in the API's JSON. */
  static byte[] rowHash(JsonNode event) {
    var changes = new Fields();
    for (JsonNode change : event.at("/changes")) {
      changes.text(change.at("/field")).text(change.at("/from")).text(change.at("/to"));
    }
    return sha256(
        new Fields()
            .add(HEX.parseHex("%04x".formatted(event.at("/schemaVersion").asInt())))
            .id(event.at("/id"))
            .text(event.at("/type"))
            .time(event.at("/occurredAt"))
            .text(event.at("/outcome"))
            .text(event.at("/reason"))
            .text(event.at("/actor/id"))
            .text(event.at("/actor/clientId"))
            .text(event.at("/actor/team"))
            .text(event.at("/actor/kind"))
            .text(event.at("/upstream"))
            .text(event.at("/subject"))
            .text(event.at("/upstreamId"))
            .id(event.at("/credentialId"))
            .id(event.at("/rotationId"))
            .text(event.at("/requestId"))
            .text(event.at("/traceId"))
            .text(event.at("/source/ip"))
            .text(event.at("/source/userAgent"))
            .add(new byte[] {(byte) (event.at("/backfilled").asBoolean() ? 1 : 0)})
            .add(changes.toByteArray())
            .toByteArray());
  }

  static byte[] chainHash(byte[] rowHash, byte[] previous) {
    return sha256(rowHash, previous);
  }

  static byte[] sha256(byte[]... parts) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      Arrays.stream(parts).forEach(sha256::update);
      return sha256.digest();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Seals all unsealed events in the order of their transactions. */
  void seal(Connection connection) throws SQLException {
    long seq = number(connection, "select coalesce(max(seq), 0) from audit_seal");
    byte[] head = head(connection, seq);
    try (var insert =
        connection.prepareStatement("insert into audit_seal values (?, ?, ?, ?, ?)")) {
      for (JsonNode event :
          events(
              connection,
              "where not exists (select from audit_seal s where s.event_id = e.id)"
                  + " order by e.recorded_in, e.id")) {
        byte[] rowHash = rowHash(event);
        head = chainHash(rowHash, head);
        insert.setLong(1, ++seq);
        insert.setObject(2, UUID.fromString(event.at("/id").asString()));
        insert.setObject(3, OffsetDateTime.parse(event.at("/occurredAt").asString()));
        insert.setBytes(4, rowHash);
        insert.setBytes(5, head);
        insert.executeUpdate();
      }
    }
    try (var statement = connection.createStatement()) {
      statement.execute("update audit_sealer set sealed = pg_current_snapshot()");
    }
  }

  /** Signs the head of the chain, and inserts the checkpoint. */
  ObjectNode checkpoint(Connection connection, Instant takenAt) throws SQLException {
    long seq = number(connection, "select coalesce(max(seq), 0) from audit_seal");
    ObjectNode checkpoint = checkpoint(takenAt, seq, head(connection, seq));
    try (var insert =
        connection.prepareStatement("insert into audit_checkpoint values (?, ?, ?, ?, ?, ?, ?)")) {
      insert.setObject(1, UUID.fromString(checkpoint.at("/id").asString()));
      insert.setObject(2, OffsetDateTime.parse(checkpoint.at("/takenAt").asString()));
      insert.setLong(3, seq);
      insert.setLong(4, seq);
      insert.setBytes(5, HEX.parseHex(checkpoint.at("/head").asString()));
      insert.setString(6, checkpoint.at("/keyId").asString());
      insert.setBytes(7, Base64.getDecoder().decode(checkpoint.at("/signature").asString()));
      insert.executeUpdate();
    }
    return checkpoint;
  }

  private ObjectNode checkpoint(Instant takenAt, long seq, byte[] head) {
    Instant micros = takenAt.truncatedTo(ChronoUnit.MICROS);
    ObjectNode checkpoint =
        JSON.createObjectNode()
            .put("id", UUID.randomUUID().toString())
            .put("takenAt", micros.toString())
            .put("seq", seq)
            .put("count", seq)
            .put("head", HEX.formatHex(head))
            .put("keyId", HEX.formatHex(sha256(keys.getPublic().getEncoded()), 0, 8));
    byte[] content =
        new Fields()
            .add("rekey-audit-checkpoint-1".getBytes(StandardCharsets.US_ASCII))
            .number(seq)
            .number(seq)
            .add(head)
            .time(checkpoint.at("/takenAt"))
            .text(checkpoint.at("/keyId"))
            .toByteArray();
    return checkpoint.put("signature", Base64.getEncoder().encodeToString(sign(content)));
  }

  private byte[] sign(byte[] content) {
    try {
      var signature = Signature.getInstance("Ed25519");
      signature.initSign(keys.getPrivate());
      signature.update(content);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The lines of an export after a seq. */
  List<String> export(Connection connection, long afterSeq) throws SQLException {
    long last = number(connection, "select coalesce(max(seq), 0) from audit_seal");
    var lines = new ArrayList<String>();
    lines.add(
        JSON.createObjectNode()
            .put("kind", "header")
            .put("format", "rekey-audit-export-1")
            .put("verifiable", true)
            .put("afterSeq", afterSeq)
            .put("previousHash", HEX.formatHex(head(connection, afterSeq)))
            .put("throughSeq", last)
            .put("exportedAt", Instant.now().toString())
            .set("filter", JSON.createObjectNode())
            .set("checkpoint", newest(connection))
            .toString());
    try (var statement = connection.createStatement();
        var seals =
            statement.executeQuery(
                "select * from audit_seal where seq > " + afterSeq + " order by seq")) {
      while (seals.next()) {
        lines.add(line(connection, seals).toString());
      }
    }
    lines.add(trailer(lines));
    return lines;
  }

  private static ObjectNode line(Connection connection, ResultSet seal) throws SQLException {
    String chainHash = HEX.formatHex(seal.getBytes("chain_hash"));
    List<ObjectNode> events =
        events(connection, "where e.id = '" + seal.getString("event_id") + "'");
    return events.isEmpty()
        ? JSON.createObjectNode()
            .put("kind", "dropped")
            .put("seq", seal.getLong("seq"))
            .put("rowHash", HEX.formatHex(seal.getBytes("row_hash")))
            .put("chainHash", chainHash)
        : events.getFirst().put("seq", seal.getLong("seq")).put("chainHash", chainHash);
  }

  /** The trailer for these lines. */
  static String trailer(List<String> lines) {
    boolean none = lines.size() == 1;
    return JSON.createObjectNode()
        .put("kind", "trailer")
        .put("count", lines.size() - 1)
        .put("firstSeq", none ? null : seq(lines.get(1)))
        .put("lastSeq", none ? null : seq(lines.getLast()))
        .put(
            "sha256",
            HEX.formatHex(
                sha256((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8))))
        .toString();
  }

  private static Long seq(String line) {
    return JSON.readTree(line).at("/seq").asLong();
  }

  private static JsonNode newest(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "select * from audit_checkpoint order by taken_at desc, id desc limit 1")) {
      return row.next()
          ? JSON.createObjectNode()
              .put("id", row.getString("id"))
              .put("takenAt", time(row, "taken_at"))
              .put("seq", row.getLong("seq"))
              .put("count", row.getLong("count"))
              .put("head", HEX.formatHex(row.getBytes("head")))
              .put("keyId", row.getString("key_id"))
              .put("signature", Base64.getEncoder().encodeToString(row.getBytes("signature")))
          : JSON.nullNode();
    }
  }

  /** Events in the API's JSON, with seq 0. */
  static List<ObjectNode> events(Connection connection, String where) throws SQLException {
    var events = new ArrayList<ObjectNode>();
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("select e.* from audit_event e " + where)) {
      while (row.next()) {
        events.add(event(row));
      }
    }
    return events;
  }

  private static ObjectNode event(ResultSet row) throws SQLException {
    ObjectNode event =
        JSON.createObjectNode()
            .put("id", row.getString("id"))
            .put("seq", 0)
            .put("type", row.getString("type"))
            .put("occurredAt", time(row, "occurred_at"))
            .put("outcome", row.getString("outcome"))
            .put("reason", row.getString("reason"));
    event.set(
        "actor",
        JSON.createObjectNode()
            .put("id", row.getString("actor_id"))
            .put("clientId", row.getString("actor_client_id"))
            .put("team", row.getString("actor_team"))
            .put("kind", row.getString("actor_kind")));
    event
        .put("upstream", row.getString("upstream"))
        .put("subject", row.getString("subject"))
        .put("upstreamId", row.getString("upstream_id"))
        .put("credentialId", row.getString("credential_id"))
        .put("rotationId", row.getString("rotation_id"))
        .put("requestId", row.getString("request_id"))
        .put("traceId", row.getString("trace_id"));
    event.set(
        "source",
        JSON.createObjectNode()
            .put("ip", row.getString("source_ip"))
            .put("userAgent", row.getString("source_user_agent")));
    event.set("changes", JSON.readTree(row.getString("changes")));
    return event
        .put("backfilled", row.getBoolean("backfilled"))
        .put("schemaVersion", row.getInt("schema_version"));
  }

  private static String time(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant().toString();
  }

  static byte[] head(Connection connection, long seq) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("select chain_hash from audit_seal where seq = " + seq)) {
      return row.next() ? row.getBytes(1) : new byte[32];
    }
  }

  private static long number(Connection connection, String query) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }
}
