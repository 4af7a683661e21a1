package dev.rekey.credential;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.Permit;
import dev.rekey.credential.DriftLedger.Adopted;
import dev.rekey.platform.ApiPath;
import dev.rekey.platform.PathId;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamProblems;
import dev.rekey.upstream.Upstreams;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Adds credentials to the inventory that were not minted by Rekey. */
@RestController
@RequestMapping(
    path = AdoptionController.PATH,
    consumes = MediaType.APPLICATION_JSON_VALUE,
    produces = MediaType.APPLICATION_JSON_VALUE)
public class AdoptionController {

  static final String PATH = "/api/v1/credentials";

  private final DriftLedger ledger;
  private final OpenMutations open;
  private final Access access;
  private final Upstreams upstreams;
  private final CredentialViews views;
  private final Clock clock;

  AdoptionController(
      DriftLedger ledger,
      OpenMutations open,
      Access access,
      Upstreams upstreams,
      CredentialViews views,
      Clock clock) {
    this.ledger = ledger;
    this.open = open;
    this.access = access;
    this.upstreams = upstreams;
    this.views = views;
    this.clock = clock;
  }

  public record AdoptRequest(
      @Nullable String upstream, @Nullable String subject, @Nullable String upstreamId) {}

  @PostMapping
  public ResponseEntity<CredentialView> adopt(
      Caller caller, @RequestBody AdoptRequest request, HttpServletRequest http) {
    Upstream upstream = upstream(required("upstream", request.upstream()));
    var subject = upstream.subject(required("subject", request.subject()));
    PathId id = id(required("upstreamId", request.upstreamId()));
    Permit.Write permit = access.toChange(caller, subject);
    Instant requestedAt = clock.instant();
    Adopted adopted = ledger.adopt(permit, read(permit, upstream, id), requestedAt);
    CredentialView view = views.of(adopted.credential());
    return adopted.isNew()
        ? ResponseEntity.created(URI.create(new ApiPath(PATH + "/" + view.id()).seenBy(http)))
            .body(view)
        : ResponseEntity.ok(view);
  }

  private UpstreamCredential read(Permit.Write permit, Upstream upstream, PathId id) {
    UpstreamCredential seen =
        UpstreamProblems.valueOrThrow(upstream.name(), upstream.read(permit.subject(), id));
    if (seen.deletedAt() != null) {
      throw ProblemType.WRONG_STATE.with(
          "The credential is deleted or revoked at " + upstream.name() + ".");
    }
    if ((seen.attempt() != null && open.isReservedByOpenAttempt(seen.attempt()))
        || open.isMadeByOpenAttempt(permit.subject(), seen.id())) {
      throw ProblemType.WRONG_STATE.with(
          "A rotation of unknown outcome minted the credential, and Rekey may still delete it."
              + " See the rotations of the subject.");
    }
    return seen;
  }

  private Upstream upstream(String name) {
    return upstreams
        .find(name.toLowerCase(Locale.ROOT))
        .orElseThrow(() -> invalid("upstream has to be one of " + upstreams.names() + "."));
  }

  private static PathId id(String text) {
    if (!PathId.isValid(text)) {
      throw ProblemType.INVALID_ID.with(
          "upstreamId has to match " + PathId.PATTERN + " and not be . or ..");
    }
    return PathId.of(text);
  }

  private static String required(String field, @Nullable String value) {
    if (value == null || value.isEmpty()) {
      throw invalid(field + " is required.");
    }
    return value;
  }

  private static ProblemException invalid(String detail) {
    return ProblemType.INVALID_REQUEST.with(detail);
  }
}
