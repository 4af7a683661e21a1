package dev.rekey.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdoptionIT extends RekeyIT {

  private static final String CREDENTIALS = "/api/v1/credentials";
  private static final String CHECKOUT_SUBJECT = "organizations/acme/service-accounts/checkout";
  private static final String SEED = "okta-seed-credential";

  /** Of the sandbox, which has the same one for every test. */
  @BeforeEach
  void forgetTheSeed() {
    execute(
        "update credential set upstream_id = upstream_id || '-' || id where upstream_id = ?", SEED);
  }

  @Test
  void aCredentialThatItsUpstreamKnowsIsAdopted() {
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
  void itsSubjectIsWatchedFromThenOn() {
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
  void adoptingTwiceDoesNothingMore() {
    String id = adopt("conductorone", OKTA_SUBJECT, SEED).text("/id");

    Answer again = adopt("conductorone", OKTA_SUBJECT, SEED);

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.text("/id")).isEqualTo(id);
    assertThat(again.header("Location")).isNull();
    assertThat(events()).containsExactly("credential.adopted");
  }

  @Test
  void oneThatWasDiscoveredIsAdoptedFromThenOn() {
    String made = madeBehindRekeysBack("found");
    as("payments").get(CHECKOUT);
    String id = inInventory(made);

    Answer adopted = adopt("keycard", CHECKOUT_SUBJECT, made);

    assertThat(adopted.status()).isEqualTo(200);
    assertThat(adopted.text("/id")).isEqualTo(id);
    assertThat(adopted.text("/origin")).isEqualTo("ADOPTED");
    assertThat(events()).contains("credential.adopted");
  }

  @Test
  void oneThatRekeyMadeStaysMinted() {
    String minted = as("payments").post(CHECKOUT, "{\"name\":\"ours\"}").text("/id");

    Answer adopted = adopt("keycard", CHECKOUT_SUBJECT, minted);

    assertThat(adopted.status()).isEqualTo(200);
    assertThat(adopted.text("/origin")).isEqualTo("MINTED");
    assertThat(events()).doesNotContain("credential.adopted");
  }

  @Test
  void aLabelOfAnOrganizationStandsForItsId() {
    String made = madeBehindRekeysBack("labelled");

    Answer adopted = adopt("keycard", "organizations/acme-corp/service-accounts/checkout", made);

    assertThat(adopted.status()).isEqualTo(201);
    assertThat(adopted.text("/subject")).isEqualTo(CHECKOUT_SUBJECT);
  }

  @Test
  void oneThatItsUpstreamDoesNotKnowIsNot() {
    Answer answer = adopt("conductorone", OKTA_SUBJECT, "never-was");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text("/type")).isEqualTo("/problems/upstream-refused");
    assertThat(query("select from credential where upstream_id = 'never-was'")).isEmpty();
    assertThat(events()).isEmpty();
  }

  @Test
  void oneThatHasEndedIsNot() {
    as("payments").post(ROTATE, OKTA);

    Answer answer = adopt("conductorone", OKTA_SUBJECT, SEED);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text("/type")).isEqualTo("/problems/wrong-state");
    assertThat(events()).doesNotContain("credential.adopted");
  }

  @Test
  void oneThatTheReconcilerMayStillEndIsNot() {
    control().fault("keycard", "create", "reset-after");
    as("payments").post(CHECKOUT, "{\"name\":\"lost\"}");
    String made = control().mints().getLast();

    Answer answer = adopt("keycard", CHECKOUT_SUBJECT, made);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text("/type")).isEqualTo("/problems/wrong-state");
    assertThat(query("select from credential where upstream_id = ?", made)).isEmpty();
  }

  @Test
  void anUpstreamThatIsDownIsSaidToBe() {
    control().fault("conductorone", "get", "status", "\"status\":500,\"times\":20");

    Answer answer = adopt("conductorone", OKTA_SUBJECT, SEED);

    assertThat(answer.text("/type")).isEqualTo("/problems/upstream-failed");
    assertThat(query("select from credential where upstream_id = ?", SEED)).isEmpty();
    assertThat(events()).isEmpty();
  }

  @Test
  void somebodyElsesSubjectIsDeniedBeforeTheUpstreamIsAsked() {
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
        "{'upstream':'keycard','subject':'','upstreamId':'x'}; invalid-request; subject is required",
        "{'upstream':'keycard','subject':'apps/crm/connectors/okta','upstreamId':'x'};"
            + " invalid-request; subject has to look like organizations/{organizationId}",
        "{'upstream':'conductorone','subject':'apps/crm/connectors/','upstreamId':'x'};"
            + " invalid-request; subject has to look like apps/{appId}",
        "{'upstream':'conductorone','subject':'apps/../connectors/okta','upstreamId':'x'};"
            + " invalid-request; subject has to look like apps/{appId}",
        "{'upstream':'conductorone','subject':'apps/crm/connectors/okta/x','upstreamId':'x'};"
            + " invalid-request; subject has to look like apps/{appId}",
        "{'upstream':'keycard','subject':'organizations/evil/service-accounts/x','upstreamId':'x'};"
            + " unknown-organization; organization",
        "{'upstream':'conductorone','subject':'apps/crm/connectors/okta'}; invalid-request;"
            + " upstreamId is required",
        "{'upstream':'conductorone','subject':'apps/crm/connectors/okta','upstreamId':'..'};"
            + " invalid-id; upstreamId has to match",
        "{'upstream':'conductorone','subject':'apps/crm/connectors/okta','upstreamId':'x','a':1};"
            + " invalid-request; a is not known here",
        "{'upstream':7,'subject':'s','upstreamId':'x'}; invalid-request; upstream has the wrong type",
        "[]; invalid-request; JSON object"
      })
  void whatCannotBeMeantIsRefusedByItsField(String body, String problem, String advice) {
    Answer answer = as("admin").post(CREDENTIALS, body.replace('\'', '"'));

    assertThat(answer.text("/type")).isEqualTo("/problems/" + problem);
    assertThat(answer.text("/detail")).contains(advice);
    assertThat(control().calls()).isEmpty();
  }

  private Answer adopt(String upstream, String subject, String upstreamId) {
    return as("payments").post(CREDENTIALS, body(upstream, subject, upstreamId));
  }

  private static String body(String upstream, String subject, String upstreamId) {
    return "{\"upstream\":\"%s\",\"subject\":\"%s\",\"upstreamId\":\"%s\"}"
        .formatted(upstream, subject, upstreamId);
  }

  private static String madeBehindRekeysBack(String name) {
    return behindRekeysBack().post(CHECKOUT, "{\"name\":\"" + name + "\"}").text("/id");
  }

  private static String inInventory(String upstreamId) {
    var row = query("select id from credential where upstream_id = ?", upstreamId).getFirst();
    return String.valueOf(row.get("id"));
  }
}
