package dev.rekey.notification;

import dev.rekey.audit.AuditType;
import java.net.URI;
import java.time.Duration;
import java.util.Set;

/**
 * A configured receiver of webhooks.
 *
 * @param url never printed, because it may contain a token
 * @param types the event types to send
 * @param timeout how long one delivery may take in total
 */
record Target(String name, URI url, SigningKeys keys, Set<AuditType> types, Duration timeout) {

  @Override
  public String toString() {
    return name;
  }
}
