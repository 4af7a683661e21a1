package dev.rekey.console;

import static dev.rekey.console.Responses.body;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.automation.Pause;
import dev.rekey.automation.PolicyController;
import dev.rekey.automation.PolicyView.Planned;
import dev.rekey.credential.CredentialController;
import dev.rekey.credential.CredentialView;
import dev.rekey.finding.Finding;
import dev.rekey.finding.FindingQuery;
import dev.rekey.finding.Findings;
import dev.rekey.platform.Values;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.policy.WaitsFor;
import dev.rekey.rotation.RotationDecisions;
import dev.rekey.upstream.Subject;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.http.HttpMethod;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;

/** Shows one credential, and offers what can be done with it. */
@ConsolePage
class CredentialPage {

  private static final String PATH = InventoryPage.PATH + "/{credentialId}";
  private static final int LATEST = 20;
  private static final int MAX_FINDINGS = 500;

  /** The page explains these itself. */
  private static final Set<WaitsFor> PLAIN =
      EnumSet.of(WaitsFor.DUE_TIME, WaitsFor.DELIVERY_TARGET, WaitsFor.OWN_LOGIN);

  private final CredentialController credentials;
  private final PolicyController policies;
  private final Findings findings;
  private final RotationDecisions rotations;
  private final Access access;

  CredentialPage(
      CredentialController credentials,
      PolicyController policies,
      Findings findings,
      RotationDecisions rotations,
      Access access) {
    this.credentials = credentials;
    this.policies = policies;
    this.findings = findings;
    this.rotations = rotations;
    this.access = access;
  }

  @GetMapping(PATH)
  @StandsOn("GET /api/v1/credentials/{credentialId}")
  String show(Caller caller, @PathVariable("credentialId") String id, Model page)
      throws IOException {
    CredentialView credential = credentials.get(caller, id);
    var subject = Subject.of(credential.upstream(), credential.subject());
    Optional<String> place = rotations.place(subject);
    page.addAttribute("credential", credential);
    page.addAttribute("app", subject.parent().value());
    page.addAttribute("account", subject.id().value());
    page.addAttribute("place", place.orElse(null));
    Optional<UUID> held = rotations.held(subject);
    page.addAttribute(
        "heldInstead", held.filter(each -> !each.equals(credential.id())).orElse(null));
    List<Pause> pauses = pauses(caller, credential);
    page.addAttribute("pauses", pauses);
    page.addAttribute(
        "offers", Offers.of(credential, subject, place.isPresent(), held, pauses, caller, access));
    page.addAttribute("planned", planned(caller, credential).orElse(null));
    page.addAttribute("findings", Part.of(() -> findings(caller, credential)));
    // A form that is sent twice rotates once.
    page.addAttribute("key", UUID.randomUUID().toString());
    if (access.hasScopeFor(caller, HttpMethod.GET, "/api/v1/credentials/" + id + "/timeline")) {
      page.addAttribute(
          "timeline",
          Part.of(() -> body(credentials.timeline(caller, id, new PageQuery(LATEST, null)))));
    }
    return "console/credential";
  }

  /** All events of a credential, page by page. */
  @GetMapping(PATH + "/timeline")
  @StandsOn("GET /api/v1/credentials/{credentialId}/timeline")
  String timeline(
      Caller caller,
      @PathVariable("credentialId") String id,
      @ModelAttribute PageQuery paging,
      Model page,
      HttpServletRequest request) {
    page.addAttribute("timeline", body(credentials.timeline(caller, id, paging)));
    page.addAttribute("id", id);
    page.addAttribute("here", PageUrl.of(request));
    return "console/timeline";
  }

  /** Those that apply to its subject. */
  private List<Pause> pauses(Caller caller, CredentialView credential) {
    return credential.rotationWaitsFor() == null
        ? List.of()
        : policies.pauses(caller).stream()
            .filter(
                pause -> pause.subject() == null || pause.subject().equals(credential.subject()))
            .toList();
  }

  private Optional<Planned> planned(Caller caller, CredentialView credential) {
    WaitsFor waitsFor = credential.rotationWaitsFor();
    return waitsFor == null || PLAIN.contains(waitsFor)
        ? Optional.empty()
        : policies.planned(caller, credential.subject());
  }

  /** Those of the credential, and those of its whole subject. */
  private List<Finding> findings(Caller caller, CredentialView credential) {
    var query =
        new FindingQuery(
            null,
            null,
            Values.of("open", "accepted", "snoozed"),
            Values.of(credential.upstream()),
            Values.of(credential.subject()),
            null,
            null,
            null);
    return findings.page(caller, query, new PageQuery(MAX_FINDINGS, null)).items().stream()
        .filter(each -> each.credentialId() == null || each.credentialId().equals(credential.id()))
        .toList();
  }
}
