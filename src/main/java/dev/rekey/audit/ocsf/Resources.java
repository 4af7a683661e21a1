package dev.rekey.audit.ocsf;

import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.ocsf.ApiActivity.Resource;
import dev.rekey.audit.ocsf.ApiActivity.ResourceGroup;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The things that an event is about. Those at an upstream have its ids, so that a SIEM finds them
 * in the upstream's own log, too.
 */
final class Resources {

  private static final String REKEY = "rekey";
  private static final String CREDENTIAL = "credential";

  private Resources() {}

  /** Null if there is none. */
  static @Nullable List<Resource> of(AuditEvent event) {
    List<Resource> all =
        Stream.of(
                named(CREDENTIAL, event.upstreamId(), event.upstream()),
                rekeys(CREDENTIAL, event.credentialId()),
                rekeys("rotation", event.rotationId()),
                subject(event))
            .flatMap(Optional::stream)
            .toList();
    return all.isEmpty() ? null : all;
  }

  private static Optional<Resource> rekeys(String type, @Nullable UUID id) {
    return named(type, id == null ? null : id.toString(), REKEY);
  }

  private static Optional<Resource> named(
      String type, @Nullable String id, @Nullable String namespace) {
    return Optional.ofNullable(id).map(uid -> new Resource(type, uid, null, namespace, null));
  }

  // The collections have the names that they have in the upstream's URLs.
  private static Optional<Resource> subject(AuditEvent event) {
    return Optional.ofNullable(event.subject())
        .map(
            name -> {
              String[] parts = name.split("/", -1);
              return parts.length == 4
                  ? new Resource(
                      parts[2],
                      parts[3],
                      name,
                      event.upstream(),
                      new ResourceGroup(parts[0], parts[1]))
                  : new Resource("subject", null, name, event.upstream(), null);
            });
  }
}
