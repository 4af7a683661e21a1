package dev.rekey.credential;

import dev.rekey.platform.query.Formats;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/** The formats of a search of the inventory. */
enum InventoryFormat {
  JSON(MediaType.APPLICATION_JSON_VALUE),
  CSV("text/csv");

  private final String mediaType;

  InventoryFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  /** Returns the format that the parameter names, else the one that the request prefers. */
  static InventoryFormat of(@Nullable String parameter, HttpServletRequest request) {
    return Formats.of(parameter, values(), format -> MediaType.valueOf(format.mediaType), request);
  }

  /** The value of the parameter. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
