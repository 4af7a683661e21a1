package dev.rekey;

import static dev.rekey.run.Control.times;
import static dev.rekey.run.KubernetesControl.dryRun;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.Http.Answer;
import dev.rekey.run.KubernetesControl;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.PGConnection;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import sandbox.Sandbox;

/** A secret is in the response that delivers it, and nowhere else. */
@ExtendWith(OutputCaptureExtension.class)
class SecretLeakIT extends RekeyIT {

  @Test
  void secretsAreInNoTableLogMetricOrProblem(CapturedOutput output) {
    var secrets = new ArrayList<String>();
    var logging = LoggingSystem.get(getClass().getClassLoader());
    logging.setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.TRACE);
    var problems = new StringBuilder();
    try {
      secrets.add(as("payments").post(ROTATE, OKTA).text("/credential/clientSecret"));
      secrets.add(
          as("payments")
              .post("/api/v1/apps/crm/connectors/okta/credentials", null)
              .text("/clientSecret"));
      Answer created = as("payments").post(CHECKOUT, "{\"name\":\"canary\"}");
      secrets.add(created.text("/client_secret"));
      as("payments").get(CHECKOUT + "/" + created.text("/id"));
      as("payments").delete(CHECKOUT + "/" + created.text("/id"));
      control().revokeTokens();
      for (String fault : List.of("garbage", "huge", "no-secret", "reset-after", "redirect")) {
        control().fault("conductorone", "rotate", fault, "\"times\":1");
        control().fault("keycard", "create", fault, "\"times\":1");
        problems.append(keyed("payments").post(ROTATE, OKTA).raw().body());
        problems.append(keyed("payments").post(CHECKOUT, "{\"name\":\"x\"}").raw().body());
      }
      await().until(() -> control().calls("get") > 0);
    } finally {
      logging.setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.INFO);
    }
    secrets.add(Sandbox.CONDUCTORONE_CLIENT_SECRET);
    secrets.add(Sandbox.KEYCARD_CLIENT_SECRET);

    String tables = allTables();
    assertThat(tables).contains("rotation.succeeded").contains(requestId);
    assertThat(output.getAll()).contains("insert into rotation");
    assertThat(output.getAll()).contains("[" + requestId + "]");
    assertNowhere(secrets, tables, output, problems.toString());
  }

  @Test
  void deliveredSecretsAreNowhereButInTheSecret(CapturedOutput output) {
    var cluster = new KubernetesControl(surroundings().sandbox());
    var secrets = new ArrayList<String>();
    var told = new StringBuilder();
    var logging = LoggingSystem.get(getClass().getClassLoader());
    logging.setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.TRACE);
    try {
      // An echo is an error that quotes the request.
      for (String fault : List.of("none", "echo", "status-after", "reset-after", "garbage")) {
        if (!fault.equals("none")) {
          cluster.fault("patch", "secrets", fault, times(1), dryRun(false));
        }
        Answer answer = keyed("payments").with("Rekey-Deliver", "only").post(ROTATE, OKTA);
        String rotation = "/api/v1/rotations/" + answer.header("Rekey-Rotation-Id");
        await()
            .until(() -> as("payments").get(rotation).text("/delivery/state").equals("DELIVERED"));
        await().until(() -> !as("payments").get(rotation).text("/delivery/restartedAt").isEmpty());
        told.append(answer.raw().body()).append(as("payments").get(rotation).raw().body());
        secrets.add(
            String.valueOf(
                cluster
                    .secret("identity", "okta-connector")
                    .orElseThrow()
                    .data()
                    .get("BATON_CLIENT_SECRET")));
      }
    } finally {
      logging.setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.INFO);
    }
    secrets.add(Sandbox.KUBERNETES_TOKEN);
    told.append(cluster.events("identity"));
    told.append(cluster.secret("identity", "okta-connector").orElseThrow().annotations());

    assertThat(secrets).doesNotHaveDuplicates();
    String tables = allTables();
    assertThat(tables).contains("delivery.succeeded");
    assertNowhere(secrets, tables, output, told.toString());
  }

  @Test
  void secretInAnUpstreamsTextIsInNoTableLogOrProblem(CapturedOutput output) {
    String refused = "9fQ2xW7bT4".repeat(7).substring(0, 64);
    String repeated = "k3Jd81LmPz".repeat(7).substring(0, 64);
    String id = "leak" + UUID.randomUUID().toString().replace("-", "").substring(0, 22);
    String refusal = "{'code':'invalid','message':'%s is no secret of %s','status':422}";
    String credential =
        "{'id':'%s','clientId':'c','client_id':'c','name':'of %s','displayName':'of %2$s',"
            + "'clientSecret':'%2$s','client_secret':'%2$s','created_at':'2026-01-01T00:00:00Z'}";
    var answers = new ArrayList<Answer>();
    respond("keycard", "create", 422, refusal.formatted(refused, id));
    answers.add(as("payments").post(CHECKOUT, "{\"name\":\"refused\"}"));
    respond("conductorone", "rotate", 422, refusal.formatted(refused, id));
    answers.add(as("payments").post(ROTATE, OKTA));
    respond("keycard", "delete", 422, refusal.formatted(refused, id));
    answers.add(as("payments").delete(CHECKOUT + "/checkoutseedcredential0001"));
    respond("keycard", "create", 201, credential.formatted(id, repeated));
    answers.add(as("payments").post(CHECKOUT, "{\"name\":\"repeated\"}"));
    respond(
        "conductorone",
        "rotate",
        200,
        "{'credential':%s}".formatted(credential.formatted(id, repeated)));
    answers.add(as("payments").post(ROTATE, OKTA));
    awaitFollowUps();

    assertThat(answers)
        .extracting(answer -> answer.text("/type"))
        .containsExactly(
            "/problems/upstream-refused",
            "/problems/upstream-refused",
            "/problems/upstream-refused",
            "/problems/rotation-outcome-unknown",
            "/problems/rotation-outcome-unknown");
    assertThat(answers.subList(0, 3))
        .allSatisfy(
            answer ->
                assertThat(answer.text("/detail")).contains("<redacted> is no secret of " + id));
    String bodies = answers.stream().map(answer -> answer.raw().body()).toList().toString();
    String tables = allTables();
    assertThat(tables).contains("<redacted> is no secret of " + id);
    for (String secret : List.of(refused, repeated)) {
      assertThat(tables.contains(secret)).as("in a table").isFalse();
      assertThat(output.getAll().contains(secret)).as("in the log").isFalse();
      assertThat(bodies.contains(secret)).as("in a problem").isFalse();
    }
  }

  private static void respond(String upstream, String operation, int status, String body) {
    control().respond(upstream, operation, status, body.replace('\'', '"'), "\"times\":1");
  }

  /**
   * Asserts that no form of the secrets is anywhere.
   *
   * @param told the texts of responses and events
   */
  private void assertNowhere(
      List<String> secrets, String tables, CapturedOutput output, String told) {
    String metrics = management().get("/actuator/prometheus").raw().body();
    for (String secret : secrets) {
      assertThat(secret).hasSizeGreaterThan(15);
      for (String form : forms(secret)) {
        assertThat(tables.contains(form)).as("in a table").isFalse();
        assertThat(output.getAll().contains(form)).as("in the log").isFalse();
        assertThat(metrics.contains(form)).as("in a metric").isFalse();
        assertThat(told.contains(form)).as("in a response or event").isFalse();
      }
    }
  }

  private static List<String> forms(String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    String core = secret.substring(secret.lastIndexOf(':') + 1);
    return List.of(secret, core, Base64.getEncoder().withoutPadding().encodeToString(bytes));
  }

  private static String allTables() {
    var text = new StringWriter();
    for (var row :
        query(
            "select relname from pg_class where relkind = 'r' and relnamespace ="
                + " 'public'::regnamespace")) {
      try (var connection = postgres().connectAsSuperuser()) {
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyOut("copy \"" + row.get("relname") + "\" to stdout", text);
      } catch (SQLException | IOException e) {
        throw new IllegalStateException(e);
      }
    }
    return text.toString();
  }
}
