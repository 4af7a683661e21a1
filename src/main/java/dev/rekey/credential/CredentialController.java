package dev.rekey.credential;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditEvents;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.query.Cursors;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.platform.query.Cursors.PageRequest;
import dev.rekey.platform.query.Slice;
import dev.rekey.platform.web.Revalidated;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The routes of one credential: its metadata and its events. */
@RestController
@RequestMapping(path = "/api/v1/credentials", produces = MediaType.APPLICATION_JSON_VALUE)
public class CredentialController {

  private final CredentialRepository rows;
  private final OpenMutations mutations;
  private final AuditEvents events;
  private final Cursors cursors;
  private final CredentialViews views;
  private final Access access;
  private final CredentialIds ids;

  CredentialController(
      CredentialRepository rows,
      OpenMutations mutations,
      AuditEvents events,
      Cursors cursors,
      CredentialViews views,
      Access access,
      CredentialIds ids) {
    this.rows = rows;
    this.mutations = mutations;
    this.events = events;
    this.cursors = cursors;
    this.views = views;
    this.access = access;
    this.ids = ids;
  }

  @GetMapping("/{credentialId}")
  @Revalidated
  public CredentialView get(Caller caller, @PathVariable(name = "credentialId") String id) {
    return views.of(found(caller, id));
  }

  @GetMapping("/{credentialId}/timeline")
  @Revalidated
  public ResponseEntity<Slice<AuditEvent>> timeline(
      Caller caller,
      @PathVariable(name = "credentialId") String id,
      @ModelAttribute PageQuery paging) {
    Credential credential = found(caller, id);
    PageRequest page = cursors.page(paging, List.of("timeline", credential.id()));
    return events.timeline(credential.id(), rotations(credential), page).response();
  }

  private Set<UUID> rotations(Credential credential) {
    var rotations =
        new HashSet<>(mutations.rotationsReplacing(credential.subject(), credential.id()));
    Optional.ofNullable(credential.rotationId()).ifPresent(rotations::add);
    Optional.ofNullable(credential.replacedBy())
        .flatMap(rows::findById)
        .map(Credential::rotationId)
        .ifPresent(rotations::add);
    return rotations;
  }

  private Credential found(Caller caller, String id) {
    return rows.findById(ids.requireOwnId(caller, id))
        .flatMap(credential -> access.ifVisible(caller, credential.subject(), credential))
        .orElseThrow(
            () ->
                ProblemType.NOT_FOUND.with(
                    "The inventory has no credential with this id that you may see."
                        + ids.hint(caller, id)));
  }
}
