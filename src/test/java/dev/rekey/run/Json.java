package dev.rekey.run;

import java.util.LinkedHashMap;
import tools.jackson.databind.json.JsonMapper;

/** Writes JSON texts for tests. */
public final class Json {

  private Json() {}

  /** Returns a JSON object of alternating names and values. */
  public static String json(Object... namesAndValues) {
    var object = new LinkedHashMap<String, Object>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return JsonMapper.shared().writeValueAsString(object);
  }
}
