package dev.rekey.console.login;

import dev.rekey.platform.RequestPath;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.FlashMap;
import org.springframework.web.servlet.support.AbstractFlashMapManager;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Keeps what an action has to say for the page after it, as JSON in the session. */
@Component(DispatcherServlet.FLASH_MAP_MANAGER_BEAN_NAME)
@ConditionalOnBooleanProperty("rekey.console.enabled")
final class FlashMessages extends AbstractFlashMapManager {

  private static final String ATTRIBUTE = "messages";
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final TypeReference<List<Stored>> STORED = new TypeReference<>() {};

  /** The messages for one page, and the time in milliseconds since 1970 until which they are. */
  private record Stored(@Nullable String path, long until, Map<String, Object> messages) {

    static Stored of(FlashMap map) {
      return new Stored(map.getTargetRequestPath(), map.getExpirationTime(), Map.copyOf(map));
    }

    FlashMap map() {
      var map = new FlashMap();
      map.setTargetRequestPath(path);
      map.setExpirationTime(until);
      map.putAll(messages);
      return map;
    }
  }

  @Override
  protected @Nullable List<FlashMap> retrieveFlashMaps(HttpServletRequest request) {
    HttpSession session =
        RequestPath.of(request).sent().startsWith("/console/assets/")
            ? null
            : request.getSession(false);
    Object stored = session == null ? null : session.getAttribute(ATTRIBUTE);
    return stored == null ? null : read((String) stored);
  }

  private static @Nullable List<FlashMap> read(String stored) {
    try {
      // Spring changes the list.
      return JSON.readValue(stored, STORED).stream()
          .map(Stored::map)
          .collect(Collectors.toCollection(ArrayList::new));
    } catch (JacksonException _) {
      // Another version of Rekey wrote it.
      return null;
    }
  }

  @Override
  protected void updateFlashMaps(
      List<FlashMap> maps, HttpServletRequest request, HttpServletResponse response) {
    HttpSession session = request.getSession();
    if (maps.isEmpty()) {
      session.removeAttribute(ATTRIBUTE);
    } else {
      session.setAttribute(
          ATTRIBUTE, JSON.writeValueAsString(maps.stream().map(Stored::of).toList()));
    }
  }
}
