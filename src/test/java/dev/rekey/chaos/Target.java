package dev.rekey.chaos;

import dev.rekey.run.Control;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;

/** The rotated subjects: one at each upstream. */
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

  /** The name of the sandbox's minting operation. */
  String operation() {
    return operation;
  }

  /**
   * Requests a new credential.
   *
   * @param name the credential's name, where it has one; only one rotation per name runs at a time
   */
  Answer mint(Http rekey, String name) {
    return switch (this) {
      case CONDUCTORONE -> rotate(rekey, "okta");
      case KEYCARD -> rekey.post(CHECKOUT, "{\"name\":\"" + name + "\"}");
    };
  }

  /**
   * Requests a new credential that replaces another, which stays valid for now.
   *
   * @param older the response that returned the replaced credential
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

  /** The upstream's id of the credential in a response. */
  String credentialId(Answer answer) {
    return answer.text(this == CONDUCTORONE ? "/credential/id" : "/id");
  }

  /** Requests a new credential of a connector. */
  static Answer rotate(Http rekey, String connector) {
    return rekey.post(
        "/api/v1/apps/connectors/credentials",
        "{\"appId\":\"crm\",\"connectorId\":\"" + connector + "\"}");
  }

  /** Returns whether the response holds a credential that authenticates now. */
  boolean isValid(Control control, Answer answer) {
    return control.isValid(answer.text(clientId), answer.text(clientSecret));
  }
}
