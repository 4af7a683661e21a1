package sandbox.kubernetes;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;
import sandbox.wire.Call;
import sandbox.wire.RandomText;
import sandbox.wire.Response;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Creates events of core/v1. */
@Component
final class Events {
  private static final String JSON = "application/json";
  private static final int LONGEST_TEXT = 128;
  private static final int LONGEST_MESSAGE = 1024;

  /** The only form of a MicroTime that the real server reads. */
  private static final Pattern SIX_DIGITS = Pattern.compile(".*:\\d\\d\\.\\d{6}(Z|[-+].*)");

  private final ObjectStore objects;

  Events(ObjectStore objects) {
    this.objects = objects;
  }

  Response create(String namespace, Call call) {
    String mediaType = Patches.mediaType(call);
    if (!mediaType.isEmpty() && !mediaType.equals(JSON)) {
      throw Failures.unsupportedMediaType(JSON);
    }
    Options options = Options.read(call, "CreateOptions");
    ObjectNode event =
        call.json()
            .orElseThrow(
                () ->
                    Failures.badRequest(
                        "the object provided is unrecognized (must be of type Event): the body is not one JSON object"));
    requireDecodable(event);
    ObjectKey key = name(namespace, event);
    requireValid(key, event);
    return Response.of(201, objects.create(key, event, options.dryRun()));
  }

  private static void requireDecodable(ObjectNode event) {
    if (!event.path("kind").asString("Event").equals("Event")
        || !event.path("apiVersion").asString("v1").equals("v1")) {
      throw Failures.badRequest("the object provided is not an Event in version \"v1\"");
    }
    event.put("kind", "Event").put("apiVersion", "v1").withObject("metadata");
    Decoding.problem(ResourceType.EVENTS, event).ifPresent(Events::refuse);
    if (!isAbsent(event.path("eventTime"))
        && !SIX_DIGITS.matcher(event.path("eventTime").asString("")).matches()) {
      refuse("parsing time: eventTime needs six digits after its seconds");
    }
    for (String field : List.of("eventTime", "firstTimestamp", "lastTimestamp")) {
      requireTime(field, event.path(field));
    }
  }

  private static void requireTime(String field, JsonNode time) {
    try {
      if (!isAbsent(time)) {
        OffsetDateTime.parse(time.asString(""));
      }
    } catch (DateTimeException _) {
      refuse("parsing time: " + field + " is not a time");
    }
  }

  private static void refuse(String why) {
    throw Failures.badRequest("Event in version \"v1\" cannot be handled as a Event: " + why);
  }

  private static ObjectKey name(String namespace, ObjectNode event) {
    ObjectNode metadata = event.withObject("metadata");
    if (!metadata.path("namespace").asString(namespace).equals(namespace)) {
      throw Failures.badRequest(
          "the namespace of the provided object does not match the namespace sent on the request");
    }
    String prefix = metadata.path("generateName").asString("");
    String name = metadata.path("name").asString("");
    if (name.isEmpty() && !prefix.isEmpty()) {
      name = prefix + RandomText.lowercase(5);
    }
    metadata.put("namespace", namespace).put("name", name).remove("resourceVersion");
    return new ObjectKey(ResourceType.EVENTS, namespace, name);
  }

  private static void requireValid(ObjectKey key, ObjectNode event) {
    require(
        key,
        !key.name().isEmpty(),
        "metadata.name: Required value: name or generateName is required");
    require(
        key,
        !key.name().contains("/") && !key.name().contains("%"),
        "metadata.name: Invalid value: \"%s\": may not contain '/' or '%%'".formatted(key.name()));
    String involved = event.at("/involvedObject/namespace").asString("");
    require(
        key,
        involved.equals(key.namespace()),
        "involvedObject.namespace: Invalid value: \"%s\": does not match event.namespace"
            .formatted(involved));
    if (!isAbsent(event.path("eventTime"))) {
      requireNewer(key, event);
    }
    Validation.require(key, event);
  }

  /** Checks the rules that apply only to events with an {@code eventTime}. */
  private static void requireNewer(ObjectKey key, ObjectNode event) {
    for (String field : List.of("reportingComponent", "reportingInstance", "action", "reason")) {
      String text = event.path(field).asString("");
      require(key, !text.isEmpty(), field + ": Required value");
      require(
          key,
          text.length() <= LONGEST_TEXT,
          "%s: Invalid value: \"\": can have at most %d characters".formatted(field, LONGEST_TEXT));
    }
    require(
        key,
        event.path("message").asString("").length() <= LONGEST_MESSAGE,
        "message: Invalid value: \"\": can have at most %d characters".formatted(LONGEST_MESSAGE));
  }

  private static void require(ObjectKey key, boolean isGood, String otherwise) {
    if (!isGood) {
      throw Failures.invalid(key, otherwise);
    }
  }

  private static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }
}
