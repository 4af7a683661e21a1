package dev.rekey.console;

import dev.rekey.access.Caller;
import dev.rekey.automation.AutomationController;
import dev.rekey.automation.AutomationController.PauseRequest;
import dev.rekey.automation.AutomationController.ResumeRequest;
import dev.rekey.credential.CredentialController;
import dev.rekey.facade.ConductorOneController;
import dev.rekey.facade.KeycardController;
import dev.rekey.facade.KeycardWire.RotateRequest;
import dev.rekey.platform.PathId;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.rotation.DeliveryMode;
import dev.rekey.rotation.IdempotencyKey;
import dev.rekey.rotation.NewCredential;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;

/**
 * The actions of the page of a credential, which shows their result. A new secret goes to the
 * delivery target of the subject, and never to a page.
 */
@ConsolePage
class CredentialActions {

  private static final String CONNECTOR = "/apps/{appId}/connectors/{connectorId}/credentials";
  private static final String ACCOUNT =
      "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials"
          + "/{upstreamId}";
  private static final String POLICY = InventoryPage.PATH + "/{credentialId}";

  private final ConductorOneController conductorOne;
  private final KeycardController keycard;
  private final AutomationController automation;
  private final CredentialController credentials;

  CredentialActions(
      ConductorOneController conductorOne,
      KeycardController keycard,
      AutomationController automation,
      CredentialController credentials) {
    this.conductorOne = conductorOne;
    this.keycard = keycard;
    this.automation = automation;
    this.credentials = credentials;
  }

  @PostMapping("/console" + CONNECTOR)
  @StandsOn("POST /api/v1" + CONNECTOR)
  RedirectView rotateConnector(
      Caller caller,
      @PathVariable("appId") PathId appId,
      @PathVariable("connectorId") PathId connectorId,
      @RequestParam(name = "key") String key,
      @RequestParam(name = "force", defaultValue = "false") boolean force,
      @RequestParam(name = "credentialId") UUID shown,
      RedirectAttributes next) {
    return rotated(
        shown,
        conductorOne.rotateLegacy(
            caller,
            appId,
            connectorId,
            null,
            IdempotencyKey.of(List.of(key)),
            DeliveryMode.ONLY,
            force,
            null),
        next);
  }

  /** Has the grace in hours; null for the configured one. */
  @PostMapping("/console" + ACCOUNT + "/rotate")
  @StandsOn("POST " + ACCOUNT + "/rotate")
  RedirectView rotateAccount(
      Caller caller,
      @PathVariable("organization_id") PathId organization,
      @PathVariable("service_account_id") PathId account,
      @PathVariable("upstreamId") PathId id,
      @RequestParam(name = "key") String key,
      @RequestParam(name = "graceHours", required = false) @Nullable String graceHours,
      @RequestParam(name = "confirmOnFirstUse", defaultValue = "false") boolean confirmOnFirstUse,
      @RequestParam(name = "credentialId") UUID shown,
      RedirectAttributes next) {
    Integer hours = FormFields.number("graceHours", graceHours);
    Long graceSeconds = hours == null ? null : Duration.ofHours(hours).toSeconds();
    return rotated(
        shown,
        keycard.rotate(
            caller,
            organization,
            account,
            id,
            IdempotencyKey.of(List.of(key)),
            DeliveryMode.ONLY,
            new RotateRequest(null, null, graceSeconds, confirmOnFirstUse)),
        next);
  }

  @PostMapping("/console" + CONNECTOR + "/{upstreamId}")
  @StandsOn("POST /api/v1" + CONNECTOR + "/{upstreamId}")
  RedirectView revoke(
      Caller caller,
      @PathVariable("appId") PathId appId,
      @PathVariable("connectorId") PathId connectorId,
      @PathVariable("upstreamId") PathId id,
      @RequestParam(name = "sure", defaultValue = "false") boolean isSure,
      @RequestParam(name = "force", defaultValue = "false") boolean force,
      @RequestParam(name = "credentialId") UUID shown,
      RedirectAttributes next) {
    requireSure(isSure);
    conductorOne.revoke(caller, appId, connectorId, id, force, null);
    return done("The credential is revoked.", shown, next);
  }

  @PostMapping("/console" + ACCOUNT + "/delete")
  @StandsOn("DELETE " + ACCOUNT)
  RedirectView delete(
      Caller caller,
      @PathVariable("organization_id") PathId organization,
      @PathVariable("service_account_id") PathId account,
      @PathVariable("upstreamId") PathId id,
      @RequestParam(name = "sure", defaultValue = "false") boolean isSure,
      @RequestParam(name = "force", defaultValue = "false") boolean force,
      @RequestParam(name = "credentialId") UUID shown,
      RedirectAttributes next) {
    requireSure(isSure);
    keycard.delete(caller, organization, account, id, force);
    return done("The credential is deleted.", shown, next);
  }

  @PostMapping(POLICY + "/pause")
  @StandsOn("POST /api/v1/policies/pause")
  RedirectView pause(
      Caller caller,
      @PathVariable("credentialId") UUID shown,
      @RequestParam(name = "reason") String reason,
      @RequestParam(name = "until") String until,
      RedirectAttributes next) {
    automation.pause(
        caller, new PauseRequest(subject(caller, shown), FormFields.time(until), reason));
    return done("The rotations of the subject by policy are paused.", shown, next);
  }

  @PostMapping(POLICY + "/resume")
  @StandsOn("POST /api/v1/policies/resume")
  RedirectView resume(
      Caller caller,
      @PathVariable("credentialId") UUID shown,
      @RequestParam(name = "reason") String reason,
      RedirectAttributes next) {
    automation.resume(caller, new ResumeRequest(subject(caller, shown), reason));
    return done("The rotations of the subject by policy go on.", shown, next);
  }

  private String subject(Caller caller, UUID credential) {
    return credentials.get(caller, credential.toString()).subject();
  }

  private static void requireSure(boolean isSure) {
    if (!isSure) {
      throw ProblemType.INVALID_REQUEST.with(
          "Confirm that nothing uses the credential any more. Nothing was done.");
    }
  }

  /** Reads the headers of the response only. Its body has no secret. */
  private static RedirectView rotated(
      UUID shown, ResponseEntity<?> response, RedirectAttributes next) {
    HttpHeaders headers = response.getHeaders();
    next.addFlashAttribute("rotation", headers.getFirst(NewCredential.ROTATION_ID));
    String made = headers.getFirst(NewCredential.CREDENTIAL_ID);
    if (made != null) {
      next.addFlashAttribute("made", made);
    }
    boolean isDelivered = "delivered".equals(headers.getFirst(NewCredential.DELIVERY));
    return done(
        isDelivered
            ? "There is a new credential, and its secret is delivered."
            : "There is a new credential. Its secret is on its way to the delivery target.",
        shown,
        next);
  }

  private static RedirectView done(String sentence, UUID shown, RedirectAttributes next) {
    return Redirects.done(InventoryPage.PATH + "/" + shown, sentence, next);
  }
}
