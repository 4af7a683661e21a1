package dev.rekey.notification;

import dev.rekey.audit.AuditType;
import java.net.URI;
import java.time.Duration;
import java.util.Set;

/**
 * A receiver of webhooks that may be sent to.
 *
 * @param url often has a token in it, and is not printed
 * @param types the types of events that it is told of
 * @param timeout how long one delivery may take in all
 */
record Target(String name, URI url, SigningKeys keys, Set<AuditType> types, Duration timeout) {

  boolean wants(AuditType type) {
    return types.contains(type);
  }

  @Override
  public String toString() {
    return name;
  }
}
