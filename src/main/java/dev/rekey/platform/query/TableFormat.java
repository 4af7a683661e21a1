package dev.rekey.platform.query;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/** The formats of responses that are also tables. */
public enum TableFormat {
  JSON(MediaType.APPLICATION_JSON_VALUE),
  CSV(CsvCells.MEDIA_TYPE);

  private final String mediaType;

  TableFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  /** Returns the format that the parameter names, else the one that the request prefers. */
  public static TableFormat of(@Nullable String parameter, HttpServletRequest request) {
    return Formats.of(parameter, values(), format -> MediaType.valueOf(format.mediaType), request);
  }

  /** The value of the parameter. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
