package dev.rekey.verify;

import dev.rekey.audit.chain.CanonicalBytes;
import dev.rekey.audit.chain.Chain;
import dev.rekey.audit.chain.CopyRows;
import dev.rekey.audit.chain.EventColumns;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Hashes events of the table, from rows of {@link EventColumns#SELECTED}. Not thread-safe. */
final class StoredEvents {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Set<String> CHANGE = Set.of("field", "from", "to");

  // After the length and bytes of schema_version, and the length of the id.
  private static final int ID_AT = 4 + 2 + 4;

  private final Chain chain = new Chain();
  private final CanonicalBytes canonical = new CanonicalBytes();

  /** Sets the link's event hash from the current row; returns the drop that the event records. */
  Optional<PartitionDrop> read(CopyRows row, Link link) {
    if (row.isNull(EventColumns.CHANGES)) {
      link.flaw = "has null instead of changes";
      return Optional.empty();
    }
    if (row.isEmptyList(EventColumns.CHANGES)) {
      link.eventHash = hash(row);
      return Optional.empty();
    }
    JsonNode changes = JSON.readTree(row.json(EventColumns.CHANGES));
    link.eventHash = chain.row(EventColumns.canonical(row, changes, canonical).view());
    if (!isPlain(changes)) {
      link.flaw = "has changes that its hash does not cover";
    }
    return PartitionDrop.TYPE.equals(row.text(EventColumns.TYPE))
        ? PartitionDrop.of(link, changes)
        : Optional.empty();
  }

  byte[] hash(CopyRows row) {
    return chain.row(EventColumns.canonical(row, canonical).view());
  }

  /** The hash that the current row would have with another id. */
  byte[] hash(CopyRows row, UUID id) {
    byte[] bytes = EventColumns.canonical(row, canonical).toByteArray();
    ByteBuffer.wrap(bytes, ID_AT, 16)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits());
    return chain.row(ByteBuffer.wrap(bytes));
  }

  private static boolean isPlain(JsonNode changes) {
    return changes.isArray()
        && changes
            .valueStream()
            .allMatch(
                change ->
                    change.isObject()
                        && CHANGE.containsAll(change.propertyNames())
                        && change
                            .valueStream()
                            .allMatch(value -> value.isString() || value.isNull()));
  }
}
