package sandbox.wire;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The strict mapper: unknown names, repeated names and trailing text are errors. */
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private Json() {}

  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Empty unless the text is exactly one JSON object. */
  public static Optional<ObjectNode> parse(byte[] text) {
    try {
      JsonNode node = MAPPER.readTree(text);
      return node instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }

  /**
   * Reads a value of that type only.
   *
   * @throws JacksonException if the text is not such a value
   */
  public static <T> T read(byte[] text, Class<T> type) {
    return MAPPER.readValue(text, type);
  }

  public static byte[] write(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }
}
