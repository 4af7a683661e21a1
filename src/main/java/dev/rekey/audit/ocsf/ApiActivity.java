package dev.rekey.audit.ocsf;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rekey.audit.AuditEvent.Change;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * An event of the OCSF class API Activity, with those of its attributes that Rekey has a value for.
 * An attribute without a value is left out, since OCSF has no null.
 *
 * @param time in milliseconds since 1970
 * @param count how many denials the event stands for; null for one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonNaming(SnakeCaseStrategy.class)
public record ApiActivity(
    int activityId,
    String activityName,
    int categoryUid,
    String categoryName,
    int classUid,
    String className,
    int typeUid,
    String typeName,
    long time,
    @Nullable Integer count,
    int severityId,
    String severity,
    @Nullable Integer statusId,
    @Nullable String status,
    @Nullable String statusCode,
    @Nullable String statusDetail,
    String message,
    Metadata metadata,
    Actor actor,
    Api api,
    Endpoint srcEndpoint,
    @Nullable HttpRequest httpRequest,
    @Nullable List<Resource> resources,
    Unmapped unmapped) {

  /**
   * @param uid the event's id
   * @param eventCode the event's type
   * @param sequence the event's sequence number; null until it is sealed
   * @param correlationUid the rotation, else the request, that joins the events of a change
   * @param logVersion the version of the event's own schema
   * @param version the version of OCSF
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonNaming(SnakeCaseStrategy.class)
  record Metadata(
      UUID uid,
      String eventCode,
      @Nullable Long sequence,
      @Nullable String correlationUid,
      Product product,
      String logName,
      String logProvider,
      String logVersion,
      String version) {}

  /** Null for the version of a build without one. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonNaming(SnakeCaseStrategy.class)
  record Product(String name, String vendorName, @Nullable String version) {}

  /**
   * @param appUid the OAuth client of a caller
   * @param appName {@code Rekey} if Rekey acted by itself
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonNaming(SnakeCaseStrategy.class)
  record Actor(@Nullable String appName, @Nullable String appUid, User user) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonNaming(SnakeCaseStrategy.class)
  record User(String uid, int typeId, String type, @Nullable List<Group> groups) {}

  /** A team. */
  record Group(String name, String type) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Api(String operation, Service service, @Nullable Request request) {}

  record Service(String name) {}

  record Request(String uid) {}

  /** One of both is there. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonNaming(SnakeCaseStrategy.class)
  record Endpoint(@Nullable String ip, @Nullable String svcName) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonNaming(SnakeCaseStrategy.class)
  record HttpRequest(String uid, @Nullable String userAgent) {}

  /** A thing that an event is about, with its id in the namespace: an upstream, or Rekey. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Resource(
      String type,
      @Nullable String uid,
      @Nullable String name,
      @Nullable String namespace,
      @Nullable ResourceGroup group) {}

  /** The app or the organization that contains a resource. */
  record ResourceGroup(String type, String uid) {}

  /**
   * Parts of an event for which the class has no attribute, with their names in Rekey.
   *
   * @param occurredAt the time with its microseconds
   * @param rowHash the hash of the event in its seal, which is of Rekey's own encoding of the
   *     event. OCSF has fingerprints of files, of endpoints and, in later versions, of {@code
   *     raw_data}; the hash is of none of these.
   * @param chainHash the hash of the chain up to the event; null unless it is exported with the
   *     chain
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Unmapped(
      Instant occurredAt,
      boolean backfilled,
      List<Change> changes,
      @Nullable String traceId,
      @Nullable String rowHash,
      @Nullable String chainHash) {}
}
