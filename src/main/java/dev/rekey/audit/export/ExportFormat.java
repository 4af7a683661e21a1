package dev.rekey.audit.export;

import dev.rekey.platform.query.QueryText;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The formats of exports. */
enum ExportFormat {
  NDJSON("application/x-ndjson"),
  CSV("text/csv;charset=UTF-8");

  private final String mediaType;

  ExportFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  /** Reads a query parameter; NDJSON for null. */
  static ExportFormat of(@Nullable String text) {
    return Arrays.stream(values())
        .filter(format -> format.text().equals(text == null ? NDJSON.text() : text))
        .findFirst()
        .orElseThrow(
            () ->
                QueryText.invalid(
                    "format has to be one of " + List.of(NDJSON.text(), CSV.text()) + "."));
  }

  /** The name in requests and of files. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  String mediaType() {
    return mediaType;
  }
}
