package dev.rekey.facade;

import static org.springframework.http.MediaType.APPLICATION_JSON_VALUE;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.Permit;
import dev.rekey.credential.CredentialIds;
import dev.rekey.credential.CredentialReads;
import dev.rekey.facade.KeycardWire.CreateRequest;
import dev.rekey.facade.KeycardWire.CreatedCredential;
import dev.rekey.facade.KeycardWire.Credential;
import dev.rekey.facade.KeycardWire.CredentialList;
import dev.rekey.facade.KeycardWire.RotateRequest;
import dev.rekey.facade.KeycardWire.UpdateRequest;
import dev.rekey.platform.PathId;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.rotation.ChangeKind;
import dev.rekey.rotation.CredentialChanges;
import dev.rekey.rotation.CredentialRotation;
import dev.rekey.rotation.DeliveryMode;
import dev.rekey.rotation.IdempotencyKey;
import dev.rekey.rotation.MintsCredential;
import dev.rekey.rotation.NewCredential;
import dev.rekey.rotation.RotationDecisions;
import dev.rekey.rotation.RotationRequest;
import dev.rekey.rotation.RotationTerms;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.keycard.Keycard;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Keycard's routes for service-account credentials. */
@RestController
@RequestMapping(path = Routes.ACCOUNT_CREDENTIALS)
public class KeycardController {

  private final Access access;
  private final CredentialRotation rotation;
  private final RotationDecisions decisions;
  private final CredentialChanges changes;
  private final CredentialReads reads;
  private final CredentialIds ids;
  private final Keycard keycard;

  KeycardController(
      Access access,
      CredentialRotation rotation,
      RotationDecisions decisions,
      CredentialChanges changes,
      CredentialReads reads,
      CredentialIds ids,
      Keycard keycard) {
    this.access = access;
    this.rotation = rotation;
    this.decisions = decisions;
    this.changes = changes;
    this.reads = reads;
    this.ids = ids;
    this.keycard = keycard;
  }

  @MintsCredential
  @PostMapping(consumes = APPLICATION_JSON_VALUE, produces = APPLICATION_JSON_VALUE)
  public ResponseEntity<CreatedCredential> create(
      Caller caller,
      @PathVariable("organization_id") PathId organization,
      @PathVariable("service_account_id") PathId account,
      @RequestHeader(name = Minting.RETRY_COUNT, required = false) @Nullable String retryCount,
      @Nullable IdempotencyKey key,
      DeliveryMode deliver,
      @RequestBody CreateRequest request) {
    Subject subject = serviceAccount(organization, account);
    CredentialNaming naming = request.naming();
    NewCredential made =
        rotation.mint(
            RotationRequest.create(
                    access.toMint(caller, subject, deliver.returnsSecret()),
                    keycard,
                    naming,
                    Minting.submission(key, retryCount))
                .delivering(deliver));
    return made.response(HttpStatus.CREATED).body(KeycardWire.created(made.minted()));
  }

  @GetMapping(produces = APPLICATION_JSON_VALUE)
  public CredentialList list(
      Caller caller,
      @PathVariable("organization_id") PathId organization,
      @PathVariable("service_account_id") PathId account,
      @RequestParam(name = "limit", required = false) @Nullable Integer limit,
      @RequestParam(name = "after", required = false) @Nullable String after,
      @RequestParam(name = "before", required = false) @Nullable String before,
      @RequestParam(name = "query", required = false) String @Nullable [] query,
      @RequestParam(name = "expand[]", required = false) @Nullable List<String> expandArray,
      @RequestParam(name = "expand", required = false) @Nullable List<String> expand) {
    var permit = access.toRead(caller, serviceAccount(organization, account));
    var page =
        new ListableUpstream.Query(
            limit,
            after,
            before,
            query == null ? List.of() : List.of(query),
            withPermissions(expandArray, expand));
    return KeycardWire.list(reads.list(permit, keycard, page));
  }

  @GetMapping(path = "/{upstreamId}", produces = APPLICATION_JSON_VALUE)
  public Credential get(
      Caller caller,
      @PathVariable("organization_id") PathId organization,
      @PathVariable("service_account_id") PathId account,
      @PathVariable("upstreamId") PathId id,
      @RequestParam(name = "expand[]", required = false) @Nullable List<String> expandArray,
      @RequestParam(name = "expand", required = false) @Nullable List<String> expand) {
    var permit = access.toRead(caller, serviceAccount(organization, account));
    ids.requireUpstreamId(caller, id);
    return KeycardWire.credential(
        reads.read(permit, keycard, id, withPermissions(expandArray, expand)));
  }

  /** Without a change, returns the credential as it is. */
  @PatchMapping(
      path = "/{upstreamId}",
      consumes = APPLICATION_JSON_VALUE,
      produces = APPLICATION_JSON_VALUE)
  public Credential update(
      Caller caller,
      @PathVariable("organization_id") PathId organization,
      @PathVariable("service_account_id") PathId account,
      @PathVariable("upstreamId") PathId id,
      @RequestBody UpdateRequest request) {
    Subject subject = serviceAccount(organization, account);
    CredentialNaming naming = request.naming();
    Permit.Write permit = access.toChange(caller, subject);
    ids.requireUpstreamId(caller, id);
    return KeycardWire.credential(
        naming.equals(CredentialNaming.NONE)
            ? reads.read(permit, keycard, id)
            : changes.update(permit, keycard, id, naming));
  }

  /** Has no {@code produces}, because official clients send any Accept here and read no body. */
  @DeleteMapping(path = "/{upstreamId}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  public void delete(
      Caller caller,
      @PathVariable("organization_id") PathId organization,
      @PathVariable("service_account_id") PathId account,
      @PathVariable("upstreamId") PathId id,
      @RequestParam(name = "force", defaultValue = "false") boolean force) {
    Permit.Write permit = access.toChange(caller, serviceAccount(organization, account));
    ids.requireUpstreamId(caller, id);
    changes.retire(ChangeKind.DELETE, permit, keycard, id, force);
  }

  @MintsCredential
  @PostMapping(path = "/{upstreamId}/rotate", produces = APPLICATION_JSON_VALUE)
  public ResponseEntity<CreatedCredential> rotate(
      Caller caller,
      @PathVariable("organization_id") PathId organization,
      @PathVariable("service_account_id") PathId account,
      @PathVariable("upstreamId") PathId id,
      @Nullable IdempotencyKey key,
      DeliveryMode deliver,
      @RequestBody(required = false) @Nullable RotateRequest body) {
    var request = body == null ? new RotateRequest(null, null, null, null) : body;
    Subject subject = serviceAccount(organization, account);
    RotationTerms terms = request.terms();
    Permit.Write permit = access.toMint(caller, subject, deliver.returnsSecret());
    ids.requireUpstreamId(caller, id);
    NewCredential made =
        decisions.replace(permit, keycard, id, terms, request::namingAfter, deliver, key);
    return made.response(HttpStatus.CREATED).body(KeycardWire.created(made.minted()));
  }

  private Subject serviceAccount(PathId organization, PathId account) {
    return keycard
        .serviceAccount(organization, account)
        .orElseThrow(
            () ->
                ProblemType.UNKNOWN_ORGANIZATION.with(
                    "Use the id or label of an organization that Rekey is configured for."));
  }

  /** Like Keycard, ignores values that the route does not use. Some clients join them by commas. */
  private static boolean withPermissions(
      @Nullable List<String> expandArray, @Nullable List<String> expand) {
    return hasPermissions(expandArray) || hasPermissions(expand);
  }

  private static boolean hasPermissions(@Nullable List<String> expand) {
    return expand != null
        && expand.stream()
            .flatMap(values -> Arrays.stream(values.split(",", -1)))
            .anyMatch("permissions"::equals);
  }
}
