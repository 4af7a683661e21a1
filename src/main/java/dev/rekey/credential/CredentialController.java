package dev.rekey.credential;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.Timelines;
import dev.rekey.platform.Answers;
import dev.rekey.platform.Paging;
import dev.rekey.platform.ProblemType;
import dev.rekey.platform.Slice;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows single credentials of the inventory, and what happened to them. */
@RestController
@RequestMapping(path = "/api/v1/credentials", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Inventory")
@Answers(ProblemType.RECORD_UNAVAILABLE)
class CredentialController {

  private final CredentialRepository rows;
  private final Replacements replacements;
  private final Timelines timelines;
  private final Looks looks;
  private final Access access;

  CredentialController(
      CredentialRepository rows,
      Replacements replacements,
      Timelines timelines,
      Looks looks,
      Access access) {
    this.rows = rows;
    this.replacements = replacements;
    this.timelines = timelines;
    this.looks = looks;
    this.access = access;
  }

  @GetMapping("/{id}")
  @Answers(ProblemType.NOT_FOUND)
  @Operation(
      operationId = "getCredential",
      summary = "Get one credential of the inventory",
      description = "One that you may not see answers like one that does not exist.")
  CredentialView get(
      Caller caller,
      @PathVariable(name = "id")
          @Parameter(
              description = "Its id in the inventory.",
              example = "019aa8a5-9c55-7a3e-8d21-0b9e7c6f5a42")
          UUID id) {
    Credential credential = found(caller, id);
    return credential.view(looks.at(List.of(credential)).get(credential.subject()));
  }

  @GetMapping("/{id}/timeline")
  @Answers({ProblemType.NOT_FOUND, ProblemType.QUERY_TOO_BROAD})
  @Operation(
      operationId = "getCredentialTimeline",
      summary = "Get what happened to one credential",
      description =
          "Its events, newest first and without a bound in time: also those of the rotation that"
              + " made it, from the request on, and of those that were to replace it, save what"
              + " they did to other credentials.")
  ResponseEntity<Slice<AuditEvent>> timeline(
      Caller caller,
      @PathVariable(name = "id")
          @Parameter(
              description = "Its id in the inventory.",
              example = "019aa8a5-9c55-7a3e-8d21-0b9e7c6f5a42")
          UUID id,
      @RequestParam(name = "limit", required = false) @Paging.Limit @Nullable Integer limit,
      @RequestParam(name = "cursor", required = false) @Paging.Next @Nullable String cursor) {
    Credential credential = found(caller, id);
    return timelines.page(id, rotations(credential), limit, cursor).response();
  }

  private Set<UUID> rotations(Credential credential) {
    var rotations = new HashSet<>(replacements.of(credential.subject(), credential.id()));
    Stream.of(
            Optional.ofNullable(credential.rotationId()),
            Optional.ofNullable(credential.replacedBy())
                .flatMap(rows::findById)
                .map(Credential::rotationId))
        .flatMap(Optional::stream)
        .forEach(rotations::add);
    return rotations;
  }

  private Credential found(Caller caller, UUID id) {
    return rows.findById(id)
        .flatMap(credential -> access.ifVisible(caller, credential.subject(), credential))
        .orElseThrow(
            () ->
                ProblemType.NOT_FOUND
                    .with("The inventory holds no such credential that you may see.")
                    .exception());
  }
}
