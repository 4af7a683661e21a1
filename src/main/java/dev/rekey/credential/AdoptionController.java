package dev.rekey.credential;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.Permit;
import dev.rekey.credential.AdoptionLedger.Adopted;
import dev.rekey.platform.Answers;
import dev.rekey.platform.PathId;
import dev.rekey.platform.ProblemException;
import dev.rekey.platform.ProblemType;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.Upstreams;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Lets those who may change a subject add a credential of it that Rekey did not make. */
@RestController
@RequestMapping(
    path = AdoptionController.PATH,
    consumes = MediaType.APPLICATION_JSON_VALUE,
    produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Inventory")
class AdoptionController {

  static final String PATH = "/api/v1/credentials";

  private final Adoption adoption;
  private final Access access;
  private final Upstreams upstreams;

  AdoptionController(Adoption adoption, Access access, Upstreams upstreams) {
    this.adoption = adoption;
    this.access = access;
    this.upstreams = upstreams;
  }

  @Schema(name = "Adoption", description = "Which credential to take into the inventory.")
  record Wanted(
      @Schema(
              description = "Who issued it.",
              example = "conductorone",
              requiredMode = Schema.RequiredMode.REQUIRED)
          @Nullable String upstream,
      @Schema(
              description =
                  "What authenticates with it; a Keycard organization may go by one of its labels.",
              example = "apps/crm/connectors/okta",
              requiredMode = Schema.RequiredMode.REQUIRED)
          @Nullable String subject,
      @Schema(
              description = "Its id at the upstream.",
              example = "cred-7",
              requiredMode = Schema.RequiredMode.REQUIRED)
          @Nullable String upstreamId) {}

  @PostMapping
  @ApiResponse(responseCode = "201", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "200", useReturnTypeSchema = true)
  @Answers({
    ProblemType.INVALID_ID,
    ProblemType.NO_GRANT,
    ProblemType.UNKNOWN_ORGANIZATION,
    ProblemType.WRONG_STATE,
    ProblemType.UPSTREAM_REFUSED,
    ProblemType.UPSTREAM_RATE_LIMITED,
    ProblemType.UPSTREAM_DENIED_US,
    ProblemType.UPSTREAM_FAILED,
    ProblemType.UPSTREAM_TIMED_OUT,
    ProblemType.UPSTREAM_UNAVAILABLE,
    ProblemType.RECORD_UNAVAILABLE
  })
  @Operation(
      operationId = "adoptCredential",
      summary = "Take a credential into the inventory that Rekey did not make",
      description =
          "For upstreams that cannot be asked what they have. The upstream is asked whether the"
              + " credential exists. 201 if the inventory did not know it, else 200: one that was"
              + " discovered counts as adopted from then on, and one that Rekey made as minted.")
  ResponseEntity<CredentialView> adopt(Caller caller, @RequestBody Wanted wanted) {
    Upstream upstream = upstream(present("upstream", wanted.upstream()));
    var subject = upstream.subject(present("subject", wanted.subject()));
    PathId id = id(present("upstreamId", wanted.upstreamId()));
    Permit.Write permit = access.toChange(caller, subject);
    Adopted adopted = adoption.adopt(permit, upstream, id);
    CredentialView view = adopted.credential().view(null);
    return adopted.isNew()
        ? ResponseEntity.created(URI.create(PATH + "/" + view.id())).body(view)
        : ResponseEntity.ok(view);
  }

  private Upstream upstream(String name) {
    return upstreams
        .find(name)
        .orElseThrow(() -> invalid("upstream has to be one of " + upstreams.names() + "."));
  }

  private static PathId id(String text) {
    if (!PathId.isValid(text)) {
      throw ProblemType.INVALID_ID
          .with("upstreamId has to match " + PathId.PATTERN + " and not be . or ..")
          .exception();
    }
    return PathId.of(text);
  }

  private static String present(String field, @Nullable String value) {
    if (value == null || value.isEmpty()) {
      throw invalid(field + " is required.");
    }
    return value;
  }

  private static ProblemException invalid(String detail) {
    return ProblemType.INVALID_REQUEST.with(detail).exception();
  }
}
