package dev.rekey.platform;

import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpHeaders;

/** Describes the headers of answers, each once for all routes. */
final class ApiHeaders {

  private static final Map<String, Header> BY_NAME = new LinkedHashMap<>();

  static {
    describe(
        RequestInfo.HEADER,
        "The request's id: the caller's own if it sent a sane one, else a new one. Audit events"
            + " carry it as requestId.",
        ProblemExamples.REQUEST_ID);
    describe(
        HttpHeaders.CACHE_CONTROL, "no-store: nothing on the way may keep the answer.", "no-store");
    describe(
        HttpHeaders.CONTENT_DISPOSITION,
        "A name for a file to keep the answer in.",
        "attachment; filename=\"rekey-audit-2026-11-22T093100Z.ndjson\"");
    describe(
        HttpHeaders.LINK,
        "The next page, as a path with query and rel=\"next\"; left out on the last one, which the"
            + " tail does not have.",
        "</api/v1/audit-events?cursor=AAY1nV2m>; rel=\"next\"");
    describe(
        RekeyHeaders.ROTATION_ID,
        "The rotation, for GET /api/v1/rotations/{id}.",
        "019aa8a5-9c41-7b52-9e03-6c2d8f4a1b70");
    describe(
        RekeyHeaders.CREDENTIAL_ID,
        "The new credential, for GET /api/v1/credentials/{id}; left out if it could not be recorded"
            + " yet.",
        "019aa8a5-9c55-7a3e-8d21-0b9e7c6f5a42");
    describe(
        Problems.SHOULD_RETRY,
        "false where a client must not repeat the request by itself, because that could make a"
            + " second credential or cannot help; else left out.",
        "false");
    describe(
        HttpHeaders.RETRY_AFTER,
        "How long to wait: seconds, or a date as the upstream gave it. May be left out.",
        "7");
    describe(
        HttpHeaders.LOCATION,
        "Where to read on, as a path: the rotation that says what became of it, or the credential"
            + " that is new in the inventory. Other problems of the same status have none.",
        "/api/v1/rotations/019aa8a5-9c41-7b52-9e03-6c2d8f4a1b70");
    describe(HttpHeaders.WWW_AUTHENTICATE, "The challenge of RFC 6750.", "Bearer");
    describe(HttpHeaders.ALLOW, "The methods that the path has.", "GET, POST");
  }

  private ApiHeaders() {}

  static Map<String, Header> all() {
    return BY_NAME;
  }

  static void add(String name, ApiResponse response) {
    if (!BY_NAME.containsKey(name)) {
      throw new IllegalStateException("the header " + name + " is not described");
    }
    response.addHeaderObject(name, new Header().$ref("#/components/headers/" + name));
  }

  private static void describe(String name, String description, String example) {
    BY_NAME.put(
        name,
        new Header()
            .description(description)
            .schema(new JsonSchema().typesItem("string"))
            .example(example));
  }
}
