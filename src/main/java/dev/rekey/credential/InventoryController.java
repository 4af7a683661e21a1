package dev.rekey.credential;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.Visibility;
import dev.rekey.credential.Inventory.Entry;
import dev.rekey.platform.Answers;
import dev.rekey.platform.Cursor;
import dev.rekey.platform.Paging;
import dev.rekey.platform.ProblemType;
import dev.rekey.platform.QueryText;
import dev.rekey.platform.Slice;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstreams;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Lists the inventory of the subjects that a caller may see. */
@RestController
@RequestMapping(path = "/api/v1/credentials", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Inventory", description = "Every credential that Rekey knows of.")
@Answers({ProblemType.RECORD_UNAVAILABLE, ProblemType.QUERY_TOO_BROAD})
class InventoryController {

  private static final int MIN_Q = 3;
  private static final Pattern Q = Pattern.compile("\\P{Cntrl}{" + MIN_Q + ",200}");

  private final Inventory inventory;
  private final Access access;
  private final Upstreams upstreams;
  private final Looks looks;

  InventoryController(Inventory inventory, Access access, Upstreams upstreams, Looks looks) {
    this.inventory = inventory;
    this.access = access;
    this.upstreams = upstreams;
    this.looks = looks;
  }

  @GetMapping
  @Operation(
      operationId = "listCredentials",
      summary = "Search the inventory",
      description =
          "The credentials of the subjects that you may see. What is given all has to be met. Those"
              + " that have nothing in the field of sort come last, whichever way it goes.")
  ResponseEntity<Slice<CredentialView>> list(
      Caller caller,
      @RequestParam(name = "upstream", required = false)
          @Parameter(description = "Only those of this upstream.", example = "keycard")
          @Nullable String upstream,
      @RequestParam(name = "subject", required = false)
          @Parameter(
              description =
                  "Only those of this subject, or of all that begin so if it ends in *: apps/crm/*.",
              example = "apps/crm/connectors/okta")
          @Nullable String subject,
      @RequestParam(name = "team", required = false)
          @Parameter(
              description = "Only those of subjects that this team was granted.",
              example = "payments")
          @Nullable String team,
      @RequestParam(name = "status", required = false)
          @Parameter(
              description = "Only those that stand so; may be given several times.",
              example = "[\"ACTIVE\"]",
              array = @ArraySchema(schema = @Schema(ref = "#/components/schemas/CredentialStatus")))
          @Nullable List<String> status,
      @RequestParam(name = "origin", required = false)
          @Parameter(description = "Only those that came so.", example = "DISCOVERED")
          @Nullable CredentialOrigin origin,
      @RequestParam(name = "expiresBefore", required = false)
          @Parameter(
              description =
                  "Only those that end before this time, by their upstream or by policy; not those"
                      + " that do not end.",
              example = "2026-12-31T00:00:00Z")
          @Nullable Instant expiresBefore,
      @RequestParam(name = "notUsedSince", required = false)
          @Parameter(
              description =
                  "Only those that were last used before this time or, where no use was seen, made"
                      + " before it. That no use was seen does not prove that there was none.",
              example = "2026-08-31T00:00:00Z")
          @Nullable Instant notUsedSince,
      @RequestParam(name = "q", required = false)
          @Parameter(
              description =
                  "Only those in whose name, description, client id, upstream id or an id of whose"
                      + " subject this text occurs, in any case: 3 to 200 characters.",
              example = "okta")
          @Nullable String q,
      @RequestParam(name = "sort", required = false)
          @Parameter(
              description =
                  "By what they are ordered, with - in front for the other direction; default"
                      + " -recordedAt. expiresAt is by their upstream or by policy; names are"
                      + " compared without regard to the case of A to Z.",
              example = "expiresAt",
              schema =
                  @Schema(
                      type = "string",
                      allowableValues = {
                        "recordedAt",
                        "-recordedAt",
                        "createdAt",
                        "-createdAt",
                        "expiresAt",
                        "-expiresAt",
                        "lastUsedAt",
                        "-lastUsedAt",
                        "subject",
                        "-subject",
                        "displayName",
                        "-displayName"
                      },
                      defaultValue = "-recordedAt"))
          @Nullable String sort,
      @RequestParam(name = "limit", required = false) @Paging.Limit @Nullable Integer limit,
      @RequestParam(name = "cursor", required = false) @Paging.Next @Nullable String cursor) {
    var filter =
        new InventoryFilter(
            upstream(upstream),
            upstreams.canonical(QueryText.subject(subject)),
            QueryText.name("team", team),
            statuses(status),
            origin,
            QueryText.time("expiresBefore", expiresBefore),
            QueryText.time("notUsedSince", notUsedSince),
            q(q));
    var order = InventoryOrder.parse(sort);
    List<@Nullable Object> asked = filter.parts(order);
    var after = cursor == null ? null : Cursor.decode(cursor, asked);
    int size = Slice.limit(limit);
    List<Entry> found = inventory.find(filter, order, within(caller, team), after, size + 1);
    Map<Subject, Instant> looked = looks.at(found.stream().map(Entry::credential).toList());
    return Slice.of(found, size, Entry::place, asked)
        .map(entry -> entry.credential().view(looked.get(entry.credential().subject())))
        .response();
  }

  private List<Visibility> within(Caller caller, @Nullable String team) {
    return Stream.concat(
            Stream.of(access.visibleTo(caller)), Stream.ofNullable(team).map(access::grantedTo))
        .toList();
  }

  private @Nullable String upstream(@Nullable String name) {
    if (name != null && !upstreams.names().contains(name)) {
      throw QueryText.invalid("upstream has to be one of " + upstreams.names() + ".");
    }
    return name;
  }

  private static List<CredentialStatus> statuses(@Nullable List<String> names) {
    List<String> wanted = names == null ? List.of() : names;
    Set<CredentialStatus> known = EnumSet.allOf(CredentialStatus.class);
    if (!known.stream().map(CredentialStatus::name).toList().containsAll(wanted)) {
      throw QueryText.invalid("status has to be one or more of " + known + ".");
    }
    return known.stream().filter(status -> wanted.contains(status.name())).toList();
  }

  private static @Nullable String q(@Nullable String text) {
    if (text != null && !Q.matcher(text).matches()) {
      throw QueryText.invalid(
          "q has to be " + MIN_Q + " to 200 characters, none of them a control character.");
    }
    return text;
  }
}
