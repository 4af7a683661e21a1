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

/** Events as they lie in the table, in rows of {@link EventColumns#SELECTED}. Not thread-safe. */
final class StoredEvents {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Set<String> CHANGE = Set.of("field", "from", "to");

  // schema_version comes first, each field behind its length.
  private static final int ID_AT = 4 + 2 + 4;

  private final Chain chain = new Chain();
  private final CanonicalBytes canonical = new CanonicalBytes();

  /** Tells the link what its event, the current row, is; also that it says a month was dropped. */
  Optional<Drop> found(CopyRows row, Link link) {
    if (row.isNull(EventColumns.CHANGES)) {
      link.flawed("has no changes, not even none");
      return Optional.empty();
    }
    if (row.isEmptyList(EventColumns.CHANGES)) {
      link.found(hash(row));
      return Optional.empty();
    }
    JsonNode changes = JSON.readTree(row.json(EventColumns.CHANGES));
    link.found(chain.row(EventColumns.canonical(row, 0, changes, canonical).view()));
    if (!isPlain(changes)) {
      link.flawed("has changes that tell more than its hash covers");
    }
    return Drop.TYPE.equals(row.text(EventColumns.TYPE))
        ? Drop.of(link, changes)
        : Optional.empty();
  }

  byte[] hash(CopyRows row) {
    return chain.row(EventColumns.canonical(row, 0, canonical).view());
  }

  /** What it would hash to if it had another id. */
  byte[] hash(CopyRows row, UUID id) {
    byte[] bytes = EventColumns.canonical(row, 0, canonical).toByteArray();
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
