package dev.rekey.audit.export;

import dev.rekey.audit.EventFormat;
import dev.rekey.platform.query.CsvCells;
import dev.rekey.platform.query.Formats;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/** The formats of exports. */
enum ExportFormat {
  NDJSON("application/x-ndjson", "ndjson"),
  CSV(CsvCells.MEDIA_TYPE, "csv"),
  OCSF("application/x-ndjson", "ocsf.ndjson");

  private final String mediaType;
  private final String extension;

  ExportFormat(String mediaType, String extension) {
    this.mediaType = mediaType;
    this.extension = extension;
  }

  /** Reads a query parameter; for null, the format that the request prefers, else NDJSON. */
  static ExportFormat of(@Nullable String parameter, HttpServletRequest request) {
    return Formats.of(parameter, values(), ExportFormat::accepted, request);
  }

  /** A request for OCSF names it, but the whole response is not one JSON value. */
  private MediaType accepted() {
    return this == OCSF ? EventFormat.OCSF.mediaType() : MediaType.valueOf(mediaType);
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
