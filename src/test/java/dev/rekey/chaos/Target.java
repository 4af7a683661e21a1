package dev.rekey.chaos;

import dev.rekey.run.Control;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;

/** What is rotated: one subject at each upstream. */
enum Target {
  CONDUCTORONE(
      "conductorone",
      "rotate",
      "apps/crm/connectors/okta",
      "/credential/clientId",
      "/credential/clientSecret"),
  KEYCARD(
      "keycard",
      "create",
      "organizations/acme/service-accounts/checkout",
      "/client_id",
      "/client_secret");

  static final String CHECKOUT = "/organizations/acme/service-accounts/checkout/credentials";

  private final String upstream;
  private final String operation;
  private final String subject;
  private final String clientId;
  private final String clientSecret;

  Target(String upstream, String operation, String subject, String clientId, String clientSecret) {
    this.upstream = upstream;
    this.operation = operation;
    this.subject = subject;
    this.clientId = clientId;
    this.clientSecret = clientSecret;
  }

  String upstream() {
    return upstream;
  }

  String subject() {
    return subject;
  }

  /** What the sandbox calls a mint. */
  String operation() {
    return operation;
  }

  /**
   * Asks for a new credential.
   *
   * @param name what it is called, where it has a name; one rotation of a name runs at a time
   */
  Answer mint(Http rekey, String name) {
    return switch (this) {
      case CONDUCTORONE -> rotate(rekey, "okta");
      case KEYCARD -> rekey.post(CHECKOUT, "{\"name\":\"" + name + "\"}");
    };
  }

  /**
   * Asks for a new credential that takes the place of one that lives on for now.
   *
   * @param older the answer to the mint that made that one
   */
  Answer mintBeside(Http rekey, String name, Answer older) {
    return switch (this) {
      case CONDUCTORONE -> mint(rekey, name);
      case KEYCARD ->
          rekey
              .with("Idempotency-Key", name)
              .post(CHECKOUT + "/" + older.text("/id") + "/rotate", "{}");
    };
  }

  /** The upstream's id of the credential in an answer. */
  String credentialId(Answer answer) {
    return answer.text(this == CONDUCTORONE ? "/credential/id" : "/id");
  }

  /** Asks for a new credential of a connector. */
  static Answer rotate(Http rekey, String connector) {
    return rekey.post(
        "/api/v1/apps/connectors/credentials",
        "{\"appId\":\"crm\",\"connectorId\":\"" + connector + "\"}");
  }

  /** Whether the answer holds a credential that authenticates now. */
  boolean isValid(Control control, Answer answer) {
    return control.isValid(answer.text(clientId), answer.text(clientSecret));
  }
}
