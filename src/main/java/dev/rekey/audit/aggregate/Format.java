package dev.rekey.audit.aggregate;

import dev.rekey.platform.query.QueryText;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/** The formats of responses. */
enum Format {
  JSON(MediaType.APPLICATION_JSON_VALUE),
  CSV("text/csv");

  private final String mediaType;

  Format(String mediaType) {
    this.mediaType = mediaType;
  }

  /**
   * Reads a query parameter. Without it, returns the first format that a header accepts.
   *
   * @param accepted the media types of the header, those that the client prefers first
   */
  static Format of(@Nullable String text, List<MediaType> accepted) {
    Format format = QueryText.oneOf("format", text, values());
    if (format != null) {
      return format;
    }
    for (MediaType type : accepted) {
      for (Format each : values()) {
        if (type.includes(MediaType.valueOf(each.mediaType))) {
          return each;
        }
      }
    }
    return JSON;
  }

  /** The name in requests. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
