package dev.rekey.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.run.Http.Answer;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.StringNode;

/** Compares real responses with what the contract says about them. */
public final class ResponseCheck {

  /** Set by HTTP itself, by the server, or by Spring Security on every response. */
  private static final Set<String> EVERYWHERE =
      Set.of(
          "connection",
          "content-length",
          "content-type",
          "date",
          "expires",
          "keep-alive",
          "pragma",
          "transfer-encoding",
          "vary",
          "x-content-type-options",
          "x-frame-options",
          "x-xss-protection");

  // Spring Security's, for responses without one of their own.
  private static final String DEFAULT_CACHE_CONTROL =
      "no-cache, no-store, max-age=0, must-revalidate";

  private static final ResponseCheck OF_THE_CONTRACT = new ResponseCheck(Contract.read());

  private final Contract contract;
  private final Schemas schemas;

  public ResponseCheck(Contract contract) {
    this.contract = contract;
    this.schemas = new Schemas(contract);
  }

  /** Fails if the response is of an operation of the contract, and not as described there. */
  public static void assertDescribed(Answer answer) {
    HttpRequest request = answer.raw().request();
    OF_THE_CONTRACT
        .contract
        .operation(request.method(), request.uri().getRawPath())
        .ifPresent(
            operation ->
                assertThat(OF_THE_CONTRACT.violations(operation, answer))
                    .as("%s: %s %s", operation.route(), answer.status(), answer.raw().body())
                    .isEmpty());
  }

  /** What the contract does not say of the response, or says otherwise; empty if nothing. */
  public List<String> violations(Operation operation, Answer answer) {
    JsonNode response = operation.responses().get(Integer.toString(answer.status()));
    if (response == null) {
      return List.of("status " + answer.status() + " is not described");
    }
    var violations = new ArrayList<String>();
    checkHeaders(response, answer, violations);
    checkBody(response, answer, violations);
    return violations;
  }

  private void checkHeaders(JsonNode response, Answer answer, List<String> violations) {
    for (Map.Entry<String, JsonNode> described : response.path("headers").properties()) {
      JsonNode header = Contract.resolve(contract.document(), described.getValue());
      String value = answer.header(described.getKey());
      if (value == null && header.path("required").asBoolean(false)) {
        violations.add("header " + described.getKey() + " is missing");
      } else if (value != null) {
        schemas
            .violations(header.path("schema"), StringNode.valueOf(value))
            .forEach(wrong -> violations.add("header " + described.getKey() + wrong));
      }
    }
    for (String name : answer.raw().headers().map().keySet()) {
      boolean isDescribed =
          response.path("headers").propertyNames().stream().anyMatch(name::equalsIgnoreCase);
      boolean isDefault =
          name.equalsIgnoreCase("Cache-Control")
              && DEFAULT_CACHE_CONTROL.equals(answer.header(name));
      if (!isDescribed && !isDefault && !EVERYWHERE.contains(name.toLowerCase(Locale.ROOT))) {
        violations.add("header " + name + " is not described");
      }
    }
  }

  private void checkBody(JsonNode response, Answer answer, List<String> violations) {
    String type = answer.header("Content-Type");
    if (!response.has("content")) {
      if (!answer.raw().body().isEmpty()) {
        violations.add("a body is not described");
      }
      return;
    }
    String plain =
        type == null ? "" : MediaType.parseMediaType(type).removeQualityValue().toString();
    // A media type with a parameter has a separate schema, unless the parameter is the charset.
    JsonNode content = response.path("content").path(plain);
    plain = plain.replaceFirst(";.*", "");
    content = content.isMissingNode() ? response.path("content").path(plain) : content;
    if (content.isMissingNode()) {
      violations.add("content type " + type + " is not described");
      return;
    }
    JsonNode value =
        plain.endsWith("json") && !plain.endsWith("ndjson")
            ? answer.body()
            : StringNode.valueOf(answer.raw().body());
    violations.addAll(schemas.violations(content.path("schema"), value));
    if (plain.equals(Contract.PROBLEM)) {
      checkProblem(response, answer, violations);
    }
  }

  private static void checkProblem(JsonNode response, Answer answer, List<String> violations) {
    if (!Operation.problemExamples(response).has(problem(answer))) {
      violations.add("problem " + problem(answer) + " is not described");
    }
    if (answer.body().path("status") instanceof IntNode status
        && status.intValue() != answer.status()) {
      violations.add("the problem has status " + status);
    }
  }

  /** The last part of a problem's type; empty if the response is no problem. */
  public static String problem(Answer answer) {
    return answer.text("/type").startsWith("/problems/")
        ? answer.text("/type").substring("/problems/".length())
        : "";
  }
}
