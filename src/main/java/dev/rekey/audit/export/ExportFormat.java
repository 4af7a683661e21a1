package dev.rekey.audit.export;

import dev.rekey.audit.EventFormat;
import dev.rekey.platform.query.CsvCells;
import dev.rekey.platform.query.QueryText;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The formats of exports. */
enum ExportFormat {
  NDJSON("application/x-ndjson", "ndjson"),
  CSV(CsvCells.MEDIA_TYPE, "csv"),
  /** Not {@code application/ocsf+json}, because the whole is not one JSON value. */
  OCSF("application/x-ndjson", "ocsf.ndjson");

  private final String mediaType;
  private final String extension;

  ExportFormat(String mediaType, String extension) {
    this.mediaType = mediaType;
    this.extension = extension;
  }

  /** Reads a query parameter; for null, OCSF if the {@code Accept} header names it, else NDJSON. */
  static ExportFormat of(@Nullable String text, @Nullable String accept) {
    ExportFormat requested = QueryText.oneOf("format", text, values());
    if (requested != null) {
      return requested;
    }
    return EventFormat.OCSF.isIn(accept) ? OCSF : NDJSON;
  }

  /** The name in requests. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  String mediaType() {
    return mediaType;
  }

  /** The end of the names of files. */
  String extension() {
    return extension;
  }
}
