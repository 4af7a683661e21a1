package dev.rekey.audit.ocsf;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The published facts of one version of OCSF, from {@code src/test/resources/ocsf}. The schema is
 * files that extend and include each other, and a dictionary; this class joins them in the way that
 * OCSF's own compiler does.
 */
record OcsfSchema(JsonNode extract) {

  private static final String API_ACTIVITY = "api_activity";

  static OcsfSchema ofVersion(String version) {
    String file = "/ocsf/ocsf-" + version + ".json";
    try (InputStream json = Objects.requireNonNull(OcsfSchema.class.getResourceAsStream(file))) {
      return new OcsfSchema(JsonMapper.shared().readTree(json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String version() {
    return extract.path("version").asString();
  }

  /** The class API Activity. Its enumerations of category, class and type are calculated. */
  JsonNode apiActivity() {
    ObjectNode joined = joined("events/", API_ACTIVITY).orElseThrow();
    JsonNode category = extract.path("categories").path(joined.path("category").asString());
    int classUid = category.path("uid").asInt() * 1000 + joined.path("uid").asInt();
    String caption = joined.path("caption").asString();
    JsonNode attributes = joined.path("attributes");
    enumerate(attributes, "category_uid", category.path("uid").asInt(), category.path("caption"));
    enumerate(attributes, "class_uid", classUid, joined.path("caption"));
    var types = ((ObjectNode) attributes.path("type_uid")).putObject("enum");
    for (var activity : attributes.at("/activity_id/enum").properties()) {
      types
          .putObject(String.valueOf(classUid * 100 + Integer.parseInt(activity.getKey())))
          .put("caption", caption + ": " + activity.getValue().path("caption").asString());
    }
    return joined;
  }

  private static void enumerate(JsonNode attributes, String name, int uid, JsonNode caption) {
    ((ObjectNode) attributes.path(name))
        .putObject("enum")
        .putObject(Integer.toString(uid))
        .set("caption", caption);
  }

  /** An object with its attributes; empty if the extract does not have it. */
  Optional<JsonNode> object(String name) {
    return joined("objects/", name).map(JsonNode.class::cast);
  }

  /** A data type of the dictionary. */
  JsonNode type(String name) {
    return extract.path("types").path(name);
  }

  private Optional<ObjectNode> joined(String folder, String name) {
    return extract.path("files").properties().stream()
        .filter(file -> file.getKey().startsWith(folder))
        .map(Map.Entry::getValue)
        .filter(file -> file.path("name").asString().equals(name))
        .findFirst()
        .map(file -> joined(folder, file));
  }

  private ObjectNode joined(String folder, JsonNode file) {
    ObjectNode whole =
        file.has("extends")
            ? joined(folder, file.path("extends").asString()).orElseThrow()
            : JsonMapper.shared().createObjectNode();
    var own = (ObjectNode) file.deepCopy();
    ObjectNode attributes = own.withObjectProperty("attributes");
    JsonNode includes = attributes.path("$include");
    attributes.remove("$include");
    merge(whole, own);
    whole.set("attributes", withIncluded(includes, (ObjectNode) whole.path("attributes")));
    return whole;
  }

  private ObjectNode withIncluded(JsonNode includes, ObjectNode own) {
    ObjectNode all = JsonMapper.shared().createObjectNode();
    for (JsonNode include : includes.isString() ? List.of(includes) : includes.values()) {
      JsonNode file = extract.path("files").path(include.asString());
      ObjectNode included = (ObjectNode) file.path("attributes").deepCopy();
      if (file.path("meta").asString("").equals("profile")) {
        included
            .values()
            .forEach(each -> ((ObjectNode) each).put("profile", file.path("name").asString()));
      }
      merge(all, included);
    }
    merge(all, own);
    var complete = JsonMapper.shared().createObjectNode();
    for (var attribute : all.properties()) {
      var whole = (ObjectNode) extract.path("dictionary").path(attribute.getKey()).deepCopy();
      merge(whole, (ObjectNode) attribute.getValue());
      complete.set(attribute.getKey(), whole);
    }
    return complete;
  }

  /** Adds the members of a node to another one, and replaces those that are not objects. */
  private static void merge(ObjectNode into, ObjectNode from) {
    for (var member : from.properties()) {
      if (into.get(member.getKey()) instanceof ObjectNode nested
          && member.getValue() instanceof ObjectNode other) {
        merge(nested, other);
      } else {
        into.set(member.getKey(), member.getValue().deepCopy());
      }
    }
  }
}
