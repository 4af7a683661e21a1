package dev.rekey.audit.export;

import dev.rekey.platform.query.CsvCells;
import dev.rekey.platform.query.QueryText;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The formats of exports. */
enum ExportFormat {
  NDJSON("application/x-ndjson"),
  CSV(CsvCells.MEDIA_TYPE);

  private final String mediaType;

  ExportFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  /** Reads a query parameter; NDJSON for null. */
  static ExportFormat of(@Nullable String text) {
    return Objects.requireNonNullElse(QueryText.oneOf("format", text, values()), NDJSON);
  }

  /** The name in requests and of files. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  String mediaType() {
    return mediaType;
  }
}
