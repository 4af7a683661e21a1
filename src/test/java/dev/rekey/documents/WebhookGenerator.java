package dev.rekey.documents;

import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.PathNotFoundException;
import dev.rekey.run.Http;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls as the Webhook generator of External Secrets Operator 2.9 does: its templates, its JSONPath
 * for a map, its conversion of values, and its rules for statuses.
 */
final class WebhookGenerator {

  private final JsonNode spec;
  private final GoTemplate templates;

  WebhookGenerator(JsonNode spec, GoTemplate templates) {
    this.spec = spec;
    this.templates = templates;
  }

  /**
   * @param secrets the data of each Secret, by its name in the templates
   */
  Generated generate(Map<String, Map<String, String>> secrets) {
    Http http = Http.at(URI.create(executed("/url", escaped(secrets))));
    for (var header : spec.path("headers").properties()) {
      http = http.with(header.getKey(), templates.execute(header.getValue().asString(), secrets));
    }
    String method = spec.path("method").asString("GET");
    Http.Answer answer = http.send(method, "", executed("/body", secrets));
    if (answer.status() == 404) {
      return new Generated.Gone();
    }
    return answer.status() / 100 == 2
        ? values(answer.raw().body())
        : new Generated.Failed("endpoint gave error " + answer.status());
  }

  private String executed(String pointer, Map<String, Map<String, String>> data) {
    return templates.execute(spec.at(pointer).asString(""), data);
  }

  /** Only the URL gets escaped values. */
  private static Map<String, Map<String, String>> escaped(
      Map<String, Map<String, String>> secrets) {
    var escaped = new LinkedHashMap<String, Map<String, String>>();
    secrets.forEach(
        (name, data) -> {
          var values = new LinkedHashMap<String, String>();
          data.forEach(
              (key, value) -> values.put(key, URLEncoder.encode(value, StandardCharsets.UTF_8)));
          escaped.put(name, values);
        });
    return escaped;
  }

  private Generated values(String body) {
    try {
      Object data = JsonPath.read(body, spec.at("/result/jsonPath").asString("$"));
      if (!(data instanceof Map<?, ?> members)) {
        return new Generated.Failed("failed to get response (wrong type)");
      }
      var values = new LinkedHashMap<String, String>();
      members.forEach((key, value) -> values.put((String) key, bytes(value)));
      return new Generated.Values(values);
    } catch (PathNotFoundException e) {
      return new Generated.Failed("failed to get response path");
    }
  }

  private static String bytes(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case String text -> text;
      case Boolean flag -> flag.toString();
      case Number number -> new BigDecimal(number.toString()).toPlainString();
      default -> JsonMapper.shared().writeValueAsString(value);
    };
  }
}
