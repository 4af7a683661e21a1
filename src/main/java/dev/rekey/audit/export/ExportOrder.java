package dev.rekey.audit.export;

import dev.rekey.access.Caller;
import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditFilter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wants exported.
 *
 * @param afterSeq only events behind this place in the chain
 */
public record ExportOrder(
    Caller caller, Visibility visibility, AuditFilter filter, long afterSeq, ExportFormat format) {

  /** Whether nothing is left out, so that it is a part of the chain. */
  boolean isChain() {
    return filter.equals(AuditFilter.NONE) && visibility instanceof Visibility.All;
  }

  /** The parts that the filter has, by the names that requests use. */
  public Map<String, String> filterParts() {
    var parts = new LinkedHashMap<String, String>();
    put(parts, "from", filter.from());
    put(parts, "to", filter.to());
    put(parts, "type", filter.type());
    put(parts, "outcome", filter.outcome() == null ? null : filter.outcome().text());
    put(parts, "actor", filter.actor());
    put(parts, "team", filter.team());
    put(parts, "upstream", filter.upstream());
    put(parts, "subject", filter.subject());
    put(parts, "credentialId", filter.credentialId());
    put(parts, "rotationId", filter.rotationId());
    put(parts, "q", filter.q());
    return parts;
  }

  private static void put(Map<String, String> parts, String name, @Nullable Object value) {
    if (value != null) {
      parts.put(name, value.toString());
    }
  }
}
