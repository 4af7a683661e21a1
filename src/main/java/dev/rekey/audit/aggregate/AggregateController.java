package dev.rekey.audit.aggregate;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditQuery;
import dev.rekey.platform.query.CsvCells;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.query.TableFormat;
import dev.rekey.platform.web.Revalidated;
import dev.rekey.upstream.Upstreams;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Counts events or rotations for charts. */
@RestController
@RequestMapping("/api/v1/audit-events")
public class AggregateController {

  private final Aggregates aggregates;
  private final Access access;
  private final Upstreams upstreams;
  private final JsonMapper json;
  private final Clock clock;

  AggregateController(
      Aggregates aggregates, Access access, Upstreams upstreams, JsonMapper json, Clock clock) {
    this.aggregates = aggregates;
    this.access = access;
    this.upstreams = upstreams;
    this.json = json;
    this.clock = clock;
  }

  /** Returns null if it has written CSV. */
  @GetMapping(
      path = "/aggregate",
      produces = {MediaType.APPLICATION_JSON_VALUE, CsvCells.MEDIA_TYPE})
  @Revalidated(by = CountsVersion.class)
  public @Nullable ResponseEntity<Counts> aggregate(
      Caller caller,
      @ModelAttribute AuditQuery query,
      @ModelAttribute AggregateQuery aggregate,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    TableFormat format = TableFormat.of(aggregate.format(), request);
    Question question = aggregate.question(format, clock.instant());
    Counts counts = count(question, query, access.visibleTo(caller));
    return switch (format) {
      case JSON -> ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(counts);
      case CSV -> {
        response.setContentType(CsvCells.MEDIA_TYPE);
        CsvRows.write(question, counts, response.getOutputStream(), json);
        yield null;
      }
    };
  }

  private Counts count(Question question, AuditQuery query, Visibility visibility) {
    return switch (question.counted()) {
      case EVENTS -> aggregates.events(question, query.filter(upstreams), visibility);
      case ROTATIONS -> {
        if (query.type() != null || question.groupBy().contains(Dimension.type)) {
          throw QueryText.invalid(
              "Rotations have no type: leave type out of the filter and of groupBy, or send"
                  + " series=events. The outcome of a rotation is its state.");
        }
        yield aggregates.rotations(question, query, visibility);
      }
    };
  }
}
