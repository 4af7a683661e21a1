package dev.rekey.credential;

import static dev.rekey.run.Control.status;
import static dev.rekey.run.Control.times;
import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Credentials that were not minted by Rekey are added to the inventory on request. */
class AdoptionIT extends RekeyIT {

  private static final String CREDENTIALS = "/api/v1/credentials";
  private static final String CHECKOUT_SUBJECT = "organizations/acme/service-accounts/checkout";
  private static final String SEED = "okta-seed-credential";

  // The sandbox has the same seed credential for every test.
  @BeforeEach
  void renameTheSeedOfTheTestBefore() {
    execute(
        "update credential set upstream_id = upstream_id || '-' || id where upstream_id = ?", SEED);
  }

  @Test
  void credentialThatTheUpstreamReturnsIsAdopted() {
    Answer adopted = adopt("conductorone", OKTA_SUBJECT, SEED);

    assertThat(adopted.status()).isEqualTo(201);
    assertThat(adopted.text("/origin")).isEqualTo("ADOPTED");
    assertThat(adopted.text("/status")).isEqualTo("ACTIVE");
    assertThat(adopted.text("/subject")).isEqualTo(OKTA_SUBJECT);
    assertThat(adopted.text("/createdAt")).isNotEmpty();
    assertThat(adopted.header("Location")).isEqualTo(CREDENTIALS + "/" + adopted.text("/id"));
    assertThat(as("payments").get(adopted.header("Location")).text("/upstreamId")).isEqualTo(SEED);
    assertThat(events()).containsExactly("credential.adopted");
  }

  @Test
  void subjectOfAnAdoptedCredentialIsScanned() {
    execute("delete from watched where name = ?", OKTA_SUBJECT);

    adopt("conductorone", OKTA_SUBJECT, SEED);

    assertThat(
            query(
                "select is_directory from watched where upstream = 'conductorone' and name = ?",
                OKTA_SUBJECT))
        .singleElement()
        .satisfies(row -> assertThat(row.get("is_directory")).isEqualTo(false));
  }

  @Test
  void repeatedAdoptionChangesNothing() {
    String id = adopt("conductorone", OKTA_SUBJECT, SEED).text("/id");

    Answer again = adopt("conductorone", OKTA_SUBJECT, SEED);

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.text("/id")).isEqualTo(id);
    assertThat(again.header("Location")).isNull();
    assertThat(events()).containsExactly("credential.adopted");
  }

  @Test
  void discoveredCredentialBecomesAdopted() {
    String minted = mintOutsideRekey("found");
    as("payments").get(CHECKOUT);
    String id = idInInventory(minted);

    Answer adopted = adopt("keycard", CHECKOUT_SUBJECT, minted);

    assertThat(adopted.status()).isEqualTo(200);
    assertThat(adopted.text("/id")).isEqualTo(id);
    assertThat(adopted.text("/origin")).isEqualTo("ADOPTED");
    assertThat(events()).contains("credential.adopted");
  }

  @Test
  void mintedCredentialStaysMinted() {
    String minted = as("payments").post(CHECKOUT, json("name", "ours")).text("/id");

    Answer adopted = adopt("keycard", CHECKOUT_SUBJECT, minted);

    assertThat(adopted.status()).isEqualTo(200);
    assertThat(adopted.text("/origin")).isEqualTo("MINTED");
    assertThat(events()).doesNotContain("credential.adopted");
  }

  @Test
  void organizationLabelIsReplacedByItsId() {
    String minted = mintOutsideRekey("labelled");

    Answer adopted = adopt("keycard", "organizations/acme-corp/service-accounts/checkout", minted);

    assertThat(adopted.status()).isEqualTo(201);
    assertThat(adopted.text("/subject")).isEqualTo(CHECKOUT_SUBJECT);
  }

  @Test
  void unknownCredentialIsNotAdopted() {
    Answer answer = adopt("conductorone", OKTA_SUBJECT, "never-was");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text("/type")).isEqualTo("/problems/upstream-refused");
    assertThat(query("select from credential where upstream_id = 'never-was'")).isEmpty();
    assertThat(events()).isEmpty();
  }

  @Test
  void revokedCredentialIsNotAdopted() {
    as("payments").post(ROTATE, OKTA);

    Answer answer = adopt("conductorone", OKTA_SUBJECT, SEED);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text("/type")).isEqualTo("/problems/wrong-state");
    assertThat(events()).doesNotContain("credential.adopted");
  }

  @Test
  void credentialThatTheReconcilerMayDeleteIsNotAdopted() {
    control().fault("keycard", "create", "reset-after");
    as("payments").post(CHECKOUT, json("name", "lost"));
    String minted = control().mints().getLast();

    Answer answer = adopt("keycard", CHECKOUT_SUBJECT, minted);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text("/type")).isEqualTo("/problems/wrong-state");
    assertThat(query("select from credential where upstream_id = ?", minted)).isEmpty();
  }

  @Test
  void failureOfTheUpstreamIsReported() {
    control().fault("conductorone", "get", "status", status(500), times(20));

    Answer answer = adopt("conductorone", OKTA_SUBJECT, SEED);

    assertThat(answer.text("/type")).isEqualTo("/problems/upstream-failed");
    assertThat(query("select from credential where upstream_id = ?", SEED)).isEmpty();
    assertThat(events()).isEmpty();
  }

  @Test
  void subjectWithoutAGrantIsDeniedBeforeTheUpstreamIsCalled() {
    Answer denied = as("search").post(CREDENTIALS, body("conductorone", OKTA_SUBJECT, SEED));
    Answer readOnly = as("viewer").post(CREDENTIALS, body("conductorone", OKTA_SUBJECT, SEED));

    assertThat(denied.text("/type")).isEqualTo("/problems/no-grant");
    assertThat(readOnly.text("/type")).isEqualTo("/problems/insufficient-scope");
    assertThat(control().calls()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{'upstream':'aws','subject':'s','upstreamId':'x'}; invalid-request; upstream has to be one"
            + " of [conductorone, keycard]",
        "{'subject':'s','upstreamId':'x'}; invalid-request; upstream is required",
        "{'upstream':'keycard','upstreamId':'x'}; invalid-request; subject is required",
        "{'upstream':'keycard','subject':'','upstreamId':'x'}; invalid-request; subject is"
            + " required",
        "{'upstream':'keycard','subject':'apps/crm/connectors/okta','upstreamId':'x'};"
            + " invalid-request; subject has to have the form organizations/{organizationId}",
        "{'upstream':'conductorone','subject':'apps/crm/connectors/','upstreamId':'x'};"
            + " invalid-request; subject has to have the form apps/{appId}",
        "{'upstream':'conductorone','subject':'apps/../connectors/okta','upstreamId':'x'};"
            + " invalid-request; subject has to have the form apps/{appId}",
        "{'upstream':'conductorone','subject':'apps/crm/connectors/okta/x','upstreamId':'x'};"
            + " invalid-request; subject has to have the form apps/{appId}",
        "{'upstream':'keycard','subject':'organizations/evil/service-accounts/x','upstreamId':'x'};"
            + " unknown-organization; organization",
        "{'upstream':'conductorone','subject':'apps/crm/connectors/okta'}; invalid-request;"
            + " upstreamId is required",
        "{'upstream':'conductorone','subject':'apps/crm/connectors/okta','upstreamId':'..'};"
            + " invalid-id; upstreamId has to match",
        "{'upstream':'conductorone','subject':'apps/crm/connectors/okta','upstreamId':'x','a':1};"
            + " invalid-request; a is unknown",
        "{'upstream':7,'subject':'s','upstreamId':'x'}; invalid-request; upstream has the wrong"
            + " type",
        "[]; invalid-request; JSON object"
      })
  void malformedBodyIsRejectedWithItsField(String body, String problem, String detail) {
    Answer answer = as("admin").post(CREDENTIALS, body.replace('\'', '"'));

    assertThat(answer.text("/type")).isEqualTo("/problems/" + problem);
    assertThat(answer.text("/detail")).contains(detail);
    assertThat(control().calls()).isEmpty();
  }

  private Answer adopt(String upstream, String subject, String upstreamId) {
    return as("payments").post(CREDENTIALS, body(upstream, subject, upstreamId));
  }

  private static String body(String upstream, String subject, String upstreamId) {
    return json("upstream", upstream, "subject", subject, "upstreamId", upstreamId);
  }

  private static String mintOutsideRekey(String name) {
    return keycardDirectly().post(CHECKOUT, json("name", name)).text("/id");
  }

  private static String idInInventory(String upstreamId) {
    var row = query("select id from credential where upstream_id = ?", upstreamId).getFirst();
    return String.valueOf(row.get("id"));
  }
}
