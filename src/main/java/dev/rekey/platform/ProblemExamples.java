package dev.rekey.platform;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/** One example of every problem, with the members and headers that it comes with. */
final class ProblemExamples {

  static final String REQUEST_ID = "019aa8a5-9c3e-7d10-8a44-1f0c5b6d7e8f";

  private static final String ROTATION = "019aa8a5-9c41-7b52-9e03-6c2d8f4a1b70";
  private static final String LOCATION = "/api/v1/rotations/" + ROTATION;
  private static final String CREDENTIAL = "019aa8a5-9c55-7a3e-8d21-0b9e7c6f5a42";
  private static final String ROTATION_ID = "rotationId";

  /** Where a mint ended so, its rotation has been written down. */
  private static final Set<ProblemType> OF_A_ROTATION =
      EnumSet.of(
          ProblemType.UPSTREAM_REFUSED,
          ProblemType.UPSTREAM_RATE_LIMITED,
          ProblemType.UPSTREAM_DENIED_US,
          ProblemType.UPSTREAM_UNAVAILABLE,
          ProblemType.ROTATION_OUTCOME_UNKNOWN,
          ProblemType.REPEATED_MINT,
          ProblemType.ROTATION_IN_PROGRESS,
          ProblemType.ROTATION_UNRESOLVED,
          ProblemType.SECRET_NOT_REPLAYABLE,
          ProblemType.IDEMPOTENCY_KEY_REUSED);

  private ProblemExamples() {}

  static Problem of(ProblemType type, boolean mints) {
    Problem example = example(type);
    return mints && OF_A_ROTATION.contains(type)
        ? example.member(ROTATION_ID, ROTATION).header(RekeyHeaders.ROTATION_ID, ROTATION)
        : example;
  }

  /** A refusal that was passed on with this status; 502 stands for all that have none here. */
  static Problem refusal(int status, boolean mints) {
    int upstream = status == HttpStatus.BAD_GATEWAY.value() ? 412 : status;
    return of(ProblemType.UPSTREAM_REFUSED, mints)
        .detail("The upstream refused this with status " + upstream + ". It said: not now")
        .status(HttpStatus.valueOf(status))
        .member("upstreamStatus", upstream);
  }

  private static Problem example(ProblemType type) {
    return switch (type) {
      case INVALID_REQUEST -> type.with("The body is not well-formed JSON (line 1, column 9).");
      case INVALID_ID -> type.with("id has to match " + PathId.PATTERN + " and not be . or ..");
      case INVALID_PARAMETER -> type.with("limit has to be a whole number.");
      case UNKNOWN_PARAMETER -> type.with("This route takes no query parameters.");
      case INVALID_CURSOR ->
          type.with(
              "Send cursor as nextCursor gave it, with the other parameters as they were, or leave"
                  + " it out to start over.");
      case MALFORMED_URL -> ServerErrors.problem(HttpStatus.BAD_REQUEST.value());
      case UNAUTHENTICATED ->
          type.with(
                  "Send Authorization: Bearer with an access token that is not expired and was"
                      + " issued for Rekey.")
              .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
      case ISSUER_UNAVAILABLE ->
          type.with("The issuer of access tokens does not answer. Nothing was done; repeat later.");
      case INSUFFICIENT_SCOPE ->
          type.with("This needs the scope credentials:write. Ask for a token that has it.")
              .member("scope", "credentials:write");
      case NO_GRANT ->
          type.with(
                  "None of your teams [search] has a grant that covers apps/crm/connectors/okta."
                      + " Ask Rekey's operators for one.")
              .member("subject", "apps/crm/connectors/okta");
      case NOT_FOUND -> type.with("There is nothing of this id that you may see.");
      case UNKNOWN_ORGANIZATION ->
          type.with("Use the id or label of an organization that Rekey is configured for.");
      case METHOD_NOT_ALLOWED ->
          type.with("Use one of: GET, POST.").header(HttpHeaders.ALLOW, "GET, POST");
      case NOT_ACCEPTABLE -> type.with("Send Accept: application/json.");
      case REPEATED_MINT ->
          type.with(
                  "Your client repeated by itself a request that may have made a credential. Read"
                      + " the rotation in Location before you ask for another one.")
              .header(HttpHeaders.LOCATION, LOCATION);
      case ROTATION_IN_PROGRESS ->
          type.with(
                  "Another rotation of the same credential is under way. Read the one in Location,"
                      + " and ask again once it has ended if you still need another credential.")
              .header(HttpHeaders.LOCATION, LOCATION);
      case ROTATION_UNRESOLVED ->
          type.with(
                  "It is not known whether the request that you sent under this Idempotency-Key made"
                      + " a credential. Read the rotation in Location to see whether that has been"
                      + " settled. If you need a credential now, ask under another key.")
              .header(HttpHeaders.LOCATION, LOCATION);
      case SECRET_NOT_REPLAYABLE ->
          type.with(
                  "The request that you sent under this Idempotency-Key succeeded, and its secret"
                      + " was shown once; Rekey keeps none. If it was lost, POST to /reissue of the"
                      + " rotation in Location; for one more credential, use another key.")
              .header(HttpHeaders.LOCATION, LOCATION)
              .member("credentialId", CREDENTIAL)
              .member("credential", "/api/v1/credentials/" + CREDENTIAL)
              .member("reissue", LOCATION + "/reissue")
              .header(RekeyHeaders.CREDENTIAL_ID, CREDENTIAL);
      case WRONG_STATE ->
          type.with("The older credential has been ended already. Possible is: reissue.")
              .member("possible", List.of("reissue"));
      case CREDENTIAL_IN_USE ->
          type.with(
                  "The credential that would be ended was used. Make sure that nobody needs it,"
                      + " then send force: true.")
              .member("lastUsedAt", "2026-11-22T10:00:00.000000Z");
      case IDEMPOTENCY_KEY_REQUIRED ->
          type.with(
              "Send an Idempotency-Key, such as a new UUID, and the same one if you repeat this"
                  + " request. Nothing was done.");
      case IDEMPOTENCY_KEY_REUSED ->
          type.with(
                  "You used this Idempotency-Key for another request, the rotation in Location. Send"
                      + " that request as it was, or use another key.")
              .header(HttpHeaders.LOCATION, LOCATION);
      case RESERVED_TEXT ->
          type.with("description may not hold [rekey: , by which Rekey marks its credentials.");
      case BODY_TOO_LARGE -> type.with("Send at most 64 KiB.");
      case UNSUPPORTED_MEDIA_TYPE -> type.with("Send Content-Type: application/json.");
      case RATE_LIMITED ->
          type.with("Nothing was minted. Repeat the request after 3 s.")
              .header(HttpHeaders.RETRY_AFTER, "3");
      case UPSTREAM_REFUSED -> type.with("The upstream refused this.");
      case UPSTREAM_RATE_LIMITED ->
          type.with("The upstream did nothing, because it gets too many requests. Repeat it later.")
              .header(HttpHeaders.RETRY_AFTER, "7");
      case UPSTREAM_DENIED_US ->
          type.with(
              "The upstream does not accept Rekey's own credential, or does not let it do this."
                  + " Nothing was changed. Tell Rekey's operators.");
      case UPSTREAM_FAILED ->
          type.with(
              "The upstream failed: it answered 500. Nothing was changed; repeat the request"
                  + " later.");
      case UPSTREAM_TIMED_OUT ->
          type.with(
              "The upstream did not answer in time. Nothing was changed; repeat the request.");
      case UPSTREAM_UNAVAILABLE ->
          type.with(
              "Nothing was sent to the upstream: no connection could be made. It is safe to repeat"
                  + " the request.");
      case ROTATION_OUTCOME_UNKNOWN ->
          type.with(
                  "Rekey asked the upstream for a credential, but no answer came in time. It may"
                      + " exist, and nobody has its secret. Read the rotation in Location; rotate"
                      + " again when you are ready for another credential.")
              .header(HttpHeaders.LOCATION, LOCATION);
      case CHANGE_OUTCOME_UNKNOWN ->
          type.with(
              "The request was sent to the upstream, but no answer came in time. Read the"
                  + " credential to see; repeating the request does no harm.");
      case QUERY_TOO_BROAD ->
          type.with(
              "This took longer than 5 s and was ended. Ask for less at once: a shorter time between"
                  + " from and to, or a filter such as subject, credentialId or rotationId. The same"
                  + " request will most likely take as long again.");
      case RECORD_UNAVAILABLE ->
          type.with("Nothing was sent to the upstream. Repeat the request in a while.");
      case INTERNAL_ERROR ->
          type.with(
              "Tell Rekey's operators the requestId. Read the credential and its history before"
                  + " you repeat a request that changes something.");
    };
  }
}
