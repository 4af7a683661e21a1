package dev.rekey.audit.ocsf;

import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditEvent.Source;
import dev.rekey.audit.AuditType;
import dev.rekey.audit.ocsf.ApiActivity.Actor;
import dev.rekey.audit.ocsf.ApiActivity.Api;
import dev.rekey.audit.ocsf.ApiActivity.Endpoint;
import dev.rekey.audit.ocsf.ApiActivity.Group;
import dev.rekey.audit.ocsf.ApiActivity.HttpRequest;
import dev.rekey.audit.ocsf.ApiActivity.Metadata;
import dev.rekey.audit.ocsf.ApiActivity.Product;
import dev.rekey.audit.ocsf.ApiActivity.Request;
import dev.rekey.audit.ocsf.ApiActivity.Service;
import dev.rekey.audit.ocsf.ApiActivity.Unmapped;
import dev.rekey.audit.ocsf.ApiActivity.User;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Shows events as OCSF's API Activity, the class of ConductorOne's own log. */
public class OcsfEvents {

  /** The version of ConductorOne's log. Later versions have all that Rekey uses, too. */
  static final String VERSION = "1.3.0";

  private static final int CATEGORY = 6;
  private static final int CLASS = 6003;
  private static final String CLASS_NAME = "API Activity";
  private static final String REKEY = "Rekey";

  private final Product product;

  /** The version is Rekey's; null if it is not known. */
  OcsfEvents(@Nullable String version) {
    this.product = new Product(REKEY, REKEY, version);
  }

  /**
   * The event as API Activity.
   *
   * @param chainHash the hash of the chain up to it; null if it is not known
   */
  public ApiActivity of(AuditEvent event, @Nullable String chainHash) {
    String type = event.type().text();
    Operation operation = Operation.of(event.type());
    Activity activity = operation.activity();
    Severity severity = Severity.of(event.type());
    Status status = Status.of(event.outcome());
    return new ApiActivity(
        activity.id(),
        activity == Activity.OTHER ? operation.toString() : activity.caption(),
        CATEGORY,
        "Application Activity",
        CLASS,
        CLASS_NAME,
        CLASS * 100 + activity.id(),
        CLASS_NAME + ": " + activity.caption(),
        event.occurredAt().toEpochMilli(),
        repeats(event),
        severity.id(),
        severity.caption(),
        status == null ? null : status.id(),
        status == null ? null : status.caption(),
        event.outcome() == null ? null : event.outcome().text(),
        event.reason(),
        event.subject() == null ? type : type + ": " + event.subject(),
        metadata(event),
        actor(event.actor()),
        new Api(
            operation.toString(),
            new Service(REKEY),
            event.requestId() == null ? null : new Request(event.requestId())),
        source(event),
        httpRequest(event),
        Resources.of(event),
        new Unmapped(
            event.occurredAt(),
            event.backfilled(),
            event.changes(),
            event.traceId(),
            event.rowHash(),
            chainHash));
  }

  private static @Nullable Integer repeats(AuditEvent event) {
    return event.type() != AuditType.ACCESS_DENIED
        ? null
        : event.changes().stream()
            .filter(change -> change.field().equals("repeats") && change.to() != null)
            .map(change -> Integer.valueOf(Objects.requireNonNull(change.to())))
            .findFirst()
            .orElse(null);
  }

  private Metadata metadata(AuditEvent event) {
    return new Metadata(
        event.id(),
        event.type().text(),
        event.seq(),
        event.rotationId() == null ? event.requestId() : event.rotationId().toString(),
        product,
        "audit-events",
        REKEY,
        Integer.toString(event.schemaVersion()),
        VERSION);
  }

  private static Actor actor(AuditEvent.Actor actor) {
    return switch (actor.kind()) {
      case system -> new Actor(REKEY, null, new User(actor.id(), 3, "System", null));
      case person -> new Actor(null, actor.clientId(), user(actor, 1, "User"));
      // It may be a person, too: not every issuer's tokens say so.
      case caller -> new Actor(null, actor.clientId(), user(actor, 0, "Unknown"));
    };
  }

  private static User user(AuditEvent.Actor actor, int typeId, String type) {
    return new User(
        actor.id(),
        typeId,
        type,
        actor.team() == null ? null : List.of(new Group(actor.team(), "team")));
  }

  // The class requires it. If no address is known, the best name of the source is its client's.
  private static Endpoint source(AuditEvent event) {
    AuditEvent.Actor actor = event.actor();
    Source source = event.source();
    return source != null && source.ip() != null
        ? new Endpoint(source.ip(), null)
        : new Endpoint(null, Objects.requireNonNullElse(actor.clientId(), actor.id()));
  }

  private static @Nullable HttpRequest httpRequest(AuditEvent event) {
    Source source = event.source();
    return event.requestId() == null
        ? null
        : new HttpRequest(event.requestId(), source == null ? null : source.userAgent());
  }
}
