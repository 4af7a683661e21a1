package dev.rekey.facade;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.Permit;
import dev.rekey.credential.CredentialIds;
import dev.rekey.credential.CredentialReads;
import dev.rekey.facade.ConductorOneWire.CredentialResponse;
import dev.rekey.facade.ConductorOneWire.Empty;
import dev.rekey.facade.ConductorOneWire.LegacyRotated;
import dev.rekey.facade.ConductorOneWire.RotateRequest;
import dev.rekey.platform.PathId;
import dev.rekey.rotation.ChangeKind;
import dev.rekey.rotation.CredentialChanges;
import dev.rekey.rotation.CredentialRotation;
import dev.rekey.rotation.DeliveryMode;
import dev.rekey.rotation.IdempotencyKey;
import dev.rekey.rotation.MintsCredential;
import dev.rekey.rotation.NewCredential;
import dev.rekey.rotation.OwnLogins;
import dev.rekey.rotation.RotationRequest;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.conductorone.ConductorOne;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** ConductorOne's routes for connector credentials. */
@RestController
@RequestMapping(produces = MediaType.APPLICATION_JSON_VALUE)
public class ConductorOneController {

  private final Access access;
  private final CredentialRotation rotation;
  private final CredentialChanges changes;
  private final CredentialReads reads;
  private final CredentialIds ids;
  private final OwnLogins ownLogins;
  private final ConductorOne conductorOne;

  ConductorOneController(
      Access access,
      CredentialRotation rotation,
      CredentialChanges changes,
      CredentialReads reads,
      CredentialIds ids,
      OwnLogins ownLogins,
      ConductorOne conductorOne) {
    this.access = access;
    this.rotation = rotation;
    this.changes = changes;
    this.reads = reads;
    this.ids = ids;
    this.ownLogins = ownLogins;
    this.conductorOne = conductorOne;
  }

  @MintsCredential
  @PostMapping(path = Routes.ROTATE, consumes = MediaType.APPLICATION_JSON_VALUE)
  public ResponseEntity<CredentialResponse> rotate(
      Caller caller,
      @RequestHeader(name = Minting.RETRY_COUNT, required = false) @Nullable String retryCount,
      @Nullable IdempotencyKey key,
      DeliveryMode deliver,
      @RequestParam(name = "force", defaultValue = "false") boolean force,
      @RequestBody RotateRequest request) {
    Subject connector = request.connector();
    NewCredential made = mint(caller, connector, key, deliver, retryCount, force);
    return made.response(HttpStatus.OK).body(ConductorOneWire.response(connector, made.minted()));
  }

  @MintsCredential
  @PostMapping(path = Routes.CONNECTOR_CREDENTIALS)
  public ResponseEntity<LegacyRotated> rotateLegacy(
      Caller caller,
      @PathVariable("appId") PathId appId,
      @PathVariable("connectorId") PathId connectorId,
      @RequestHeader(name = Minting.RETRY_COUNT, required = false) @Nullable String retryCount,
      @Nullable IdempotencyKey key,
      DeliveryMode deliver,
      @RequestParam(name = "force", defaultValue = "false") boolean force,
      @RequestBody(required = false) @Nullable Empty empty) {
    var connector = ConductorOne.connector(appId, connectorId);
    NewCredential made = mint(caller, connector, key, deliver, retryCount, force);
    return made.response(HttpStatus.OK).body(ConductorOneWire.legacy(connector, made.minted()));
  }

  @GetMapping(path = Routes.CONNECTOR_CREDENTIALS + "/{upstreamId}")
  public CredentialResponse get(
      Caller caller,
      @PathVariable("appId") PathId appId,
      @PathVariable("connectorId") PathId connectorId,
      @PathVariable("upstreamId") PathId id) {
    var connector = ConductorOne.connector(appId, connectorId);
    Permit.Read permit = access.toRead(caller, connector);
    ids.requireUpstreamId(caller, id);
    return ConductorOneWire.response(connector, reads.read(permit, conductorOne, id));
  }

  @PostMapping(path = Routes.CONNECTOR_CREDENTIALS + "/{upstreamId}")
  public Empty revoke(
      Caller caller,
      @PathVariable("appId") PathId appId,
      @PathVariable("connectorId") PathId connectorId,
      @PathVariable("upstreamId") PathId id,
      @RequestParam(name = "force", defaultValue = "false") boolean force,
      @RequestBody(required = false) @Nullable Empty empty) {
    var connector = ConductorOne.connector(appId, connectorId);
    Permit.Write permit = access.toChange(caller, connector);
    ids.requireUpstreamId(caller, id);
    changes.retire(ChangeKind.REVOKE, permit, conductorOne, id, force);
    return new Empty();
  }

  private NewCredential mint(
      Caller caller,
      Subject connector,
      @Nullable IdempotencyKey key,
      DeliveryMode deliver,
      @Nullable String retryCount,
      boolean force) {
    Permit.Write permit = access.toMint(caller, connector, deliver.returnsSecret());
    ownLogins.requireForceToMint(permit, conductorOne, force);
    return rotation.mint(
        RotationRequest.rotate(permit, conductorOne, Minting.submission(key, retryCount))
            .delivering(deliver));
  }
}
