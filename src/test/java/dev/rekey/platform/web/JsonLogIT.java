package dev.rekey.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import dev.rekey.RekeyIT;
import dev.rekey.rotation.Sweeps;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.Tokens;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The log as a container writes it: ECS, one JSON object a line, found by the ids in it. */
class JsonLogIT extends RekeyIT {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Logger ROOT = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();

  @Autowired private Environment environment;
  @Autowired private ApplicationContext context;

  @BeforeEach
  void attach() {
    var logback = new LoggerContext();
    logback.putObject(Environment.class.getName(), environment);
    var encoder = new StructuredLogEncoder();
    encoder.setContext(logback);
    encoder.setFormat("ecs");
    encoder.start();
    appender.setContext(logback);
    appender.setEncoder(encoder);
    appender.setOutputStream(written);
    appender.start();
    ROOT.addAppender(appender);
  }

  @AfterEach
  void detach() {
    ROOT.detachAppender(appender);
    appender.stop();
  }

  @Test
  void lineOfARequestHasRequestRotationAndTrace() {
    Answer rotated = as("payments").post(ROTATE, OKTA);

    JsonNode line = only(" SUCCEEDED");
    assertThat(line.path("http.request.id").asString()).isEqualTo(requestId);
    assertThat(line.path("rekey.rotation.id").asString())
        .isEqualTo(rotated.header("Rekey-Rotation-Id"));
    assertThat(line.path("trace.id").asString())
        .isEqualTo(
            query("select distinct trace_id from audit_event where request_id = ?", requestId)
                .getFirst()
                .get("trace_id"));
    assertThat(line.path("span.id").asString()).hasSize(16);
    assertThat(line.at("/service/name").asString()).isEqualTo("rekey");
    assertThat(line.at("/log/level").asString()).isEqualTo("INFO");
  }

  @Test
  void lineOfABackgroundJobHasTheRotation() {
    control().fault("keycard", "create", "reset-after", "\"times\":1");
    String rotation = as("payments").post(CHECKOUT, "{\"name\":\"lost\"}").text("/rotationId");

    Sweeps.sweep(context);
    LoggerFactory.getLogger(getClass()).info("Something else");

    // Other tests may have left orphans too.
    assertThat(lines("Removed orphaned credential"))
        .allMatch(line -> line.has("rekey.rotation.id") && !line.has("http.request.id"))
        .filteredOn(line -> line.path("rekey.rotation.id").asString().equals(rotation))
        .hasSize(1);
    assertThat(only("Something else").has("rekey.rotation.id")).isFalse();
  }

  @Test
  void stackTraceIsInItsLineAndHasNoToken() {
    String token = Tokens.of(surroundings().sandbox(), "payments");
    execute("revoke insert on rotation from rekey_service");
    Answer answer;
    try {
      answer = anonymous().bearer(token).post(ROTATE, OKTA);
    } finally {
      execute("grant insert on rotation to rekey_service");
    }

    JsonNode line = only("POST " + ROTATE + " failed");
    assertThat(answer.status()).isEqualTo(500);
    assertThat(line.path("http.request.id").asString()).isEqualTo(requestId);
    assertThat(line.at("/error/type").asString()).contains("Exception");
    assertThat(line.at("/error/stack_trace").asString()).contains("\n", "\tat dev.rekey.");
    assertThat(log()).doesNotContain(token, token.substring(token.lastIndexOf('.') + 1));
  }

  private JsonNode only(String words) {
    assertThat(lines(words)).hasSize(1);
    return lines(words).getFirst();
  }

  /** The lines with these words. Every line has to be JSON. */
  private List<JsonNode> lines(String words) {
    List<JsonNode> lines = log().lines().map(JSON::readTree).toList();
    assertThat(lines).allMatch(line -> line.has("@timestamp"));
    return lines.stream().filter(line -> line.path("message").asString().contains(words)).toList();
  }

  private String log() {
    return written.toString(StandardCharsets.UTF_8);
  }
}
