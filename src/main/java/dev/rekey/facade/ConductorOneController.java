package dev.rekey.facade;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.credential.CredentialReads;
import dev.rekey.facade.ConductorOneWire.CredentialAnswer;
import dev.rekey.facade.ConductorOneWire.Empty;
import dev.rekey.facade.ConductorOneWire.LegacyRotated;
import dev.rekey.facade.ConductorOneWire.RotateRequest;
import dev.rekey.platform.Answers;
import dev.rekey.platform.PathId;
import dev.rekey.platform.ProblemType;
import dev.rekey.rotation.ChangeKind;
import dev.rekey.rotation.CredentialChanges;
import dev.rekey.rotation.CredentialRotation;
import dev.rekey.rotation.Delivery;
import dev.rekey.rotation.IdempotencyKey;
import dev.rekey.rotation.Wish;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.conductorone.ConductorOne;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
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
import org.springframework.web.bind.annotation.RestController;

/** ConductorOne's routes for connector credentials. */
@RestController
@RequestMapping(produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "ConductorOne", description = "Connector credentials, in ConductorOne's own shapes.")
class ConductorOneController {

  private final Access access;
  private final CredentialRotation rotation;
  private final CredentialChanges changes;
  private final CredentialReads reads;
  private final ConductorOne conductorOne;

  ConductorOneController(
      Access access,
      CredentialRotation rotation,
      CredentialChanges changes,
      CredentialReads reads,
      ConductorOne conductorOne) {
    this.access = access;
    this.rotation = rotation;
    this.changes = changes;
    this.reads = reads;
    this.conductorOne = conductorOne;
  }

  @PostMapping(path = Routes.ROTATE, consumes = MediaType.APPLICATION_JSON_VALUE)
  @UpstreamCall.Mint
  @Answers(ProblemType.INVALID_ID)
  @Operation(
      operationId = "rotateConnectorCredential",
      summary = "Rotate a connector's credential",
      description =
          "Mints a new credential and shows its secret this once. Depending on the tenant, the"
              + " connector's older credentials end or live on.")
  ResponseEntity<CredentialAnswer> rotate(
      Caller caller,
      @RequestHeader(name = Minting.RETRY_COUNT, required = false) @Described.RetryCount
          @Nullable String retryCount,
      @IdempotencyKey.Sent @Nullable IdempotencyKey key,
      @RequestBody RotateRequest request) {
    Subject connector = request.connector();
    Delivery delivery = mint(caller, connector, key, retryCount);
    return delivery
        .answer(HttpStatus.OK)
        .body(
            ConductorOneWire.answer(
                connector, delivery.minted().credential(), delivery.minted().secret()));
  }

  @PostMapping(path = Routes.CONNECTOR_CREDENTIALS)
  @UpstreamCall.Mint
  @Operation(
      operationId = "rotateConnectorCredentialLegacy",
      summary = "Rotate a connector's credential, for clients from before 2026",
      description = "The same with the ids in the path and the secret at the top level.")
  ResponseEntity<LegacyRotated> rotateLegacy(
      Caller caller,
      @PathVariable("appId") @Described.App PathId appId,
      @PathVariable("connectorId") @Described.Connector PathId connectorId,
      @RequestHeader(name = Minting.RETRY_COUNT, required = false) @Described.RetryCount
          @Nullable String retryCount,
      @IdempotencyKey.Sent @Nullable IdempotencyKey key,
      @RequestBody(required = false) @Nullable Empty empty) {
    var connector = ConductorOne.connector(appId, connectorId);
    Delivery delivery = mint(caller, connector, key, retryCount);
    return delivery
        .answer(HttpStatus.OK)
        .body(
            ConductorOneWire.legacy(
                connector, delivery.minted().credential(), delivery.minted().secret()));
  }

  @GetMapping(path = Routes.CONNECTOR_CREDENTIALS + "/{id}")
  @UpstreamCall.Read
  @Operation(
      operationId = "getConnectorCredential",
      summary = "Get a connector credential's metadata",
      description = "Answered by ConductorOne; what it says refreshes the inventory.")
  CredentialAnswer get(
      Caller caller,
      @PathVariable("appId") @Described.App PathId appId,
      @PathVariable("connectorId") @Described.Connector PathId connectorId,
      @PathVariable("id") @Described.CredentialId PathId id) {
    var connector = ConductorOne.connector(appId, connectorId);
    return ConductorOneWire.answer(
        connector, reads.read(access.toRead(caller, connector), conductorOne, id));
  }

  @PostMapping(path = Routes.CONNECTOR_CREDENTIALS + "/{id}")
  @UpstreamCall.Retire
  @Operation(
      operationId = "revokeConnectorCredential",
      summary = "Revoke a connector credential",
      description = "One that is gone already is revoked, too.")
  Empty revoke(
      Caller caller,
      @PathVariable("appId") @Described.App PathId appId,
      @PathVariable("connectorId") @Described.Connector PathId connectorId,
      @PathVariable("id") @Described.CredentialId PathId id,
      @RequestBody(required = false) @Nullable Empty empty) {
    var connector = ConductorOne.connector(appId, connectorId);
    changes.retire(ChangeKind.REVOKE, access.toChange(caller, connector), conductorOne, id);
    return new Empty();
  }

  private Delivery mint(
      Caller caller, Subject connector, @Nullable IdempotencyKey key, @Nullable String retryCount) {
    return rotation.mint(
        Wish.rotate(access.toMint(caller, connector), conductorOne)
            .under(key)
            .repeated(Minting.isRepetition(retryCount)));
  }
}
