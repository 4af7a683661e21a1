package dev.rekey.audit;

import dev.rekey.platform.query.Fields;
import dev.rekey.platform.query.Formats;
import dev.rekey.platform.query.QueryText;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** The formats of a page of events. */
public enum EventFormat {
  JSON(MediaType.APPLICATION_JSON_VALUE),
  OCSF(EventFormat.OCSF_VALUE);

  /** The media type of events in OCSF. */
  public static final String OCSF_VALUE = "application/ocsf+json";

  private final String mediaType;

  EventFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  /** The name in requests. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  public MediaType mediaType() {
    return MediaType.parseMediaType(mediaType);
  }

  /** The query parameter of the routes that return pages of events. */
  public record FormatQuery(@Nullable String format) {

    /**
     * The requested format, or that of {@code Accept}. Throws an {@code invalid-parameter} problem
     * if it is unknown, or if it cannot show these members only.
     */
    public EventFormat of(HttpServletRequest request, Fields<AuditEvent> fields) {
      EventFormat chosen = Formats.of(format, values(), EventFormat::mediaType, request);
      if (chosen == OCSF && !fields.areAll()) {
        throw QueryText.invalid(
            "Events in OCSF are whole: leave fields out, or send format=json for events with these"
                + " fields.");
      }
      return chosen;
    }
  }

  /** The page in this format. */
  public <T> ResponseEntity<T> of(ResponseEntity<T> page) {
    var response =
        ResponseEntity.status(page.getStatusCode())
            .headers(page.getHeaders())
            .varyBy(HttpHeaders.ACCEPT);
    return (this == OCSF ? response.contentType(mediaType()) : response).body(page.getBody());
  }
}
