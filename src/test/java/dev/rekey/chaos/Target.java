package dev.rekey.chaos;

import static dev.rekey.run.Json.json;

import dev.rekey.run.Control;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import java.util.UUID;

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

  /** The sandbox's name for a mint. */
  String operation() {
    return operation;
  }

  /**
   * Requests a new credential.
   *
   * @param name its name, where it has one; a name has at most one open rotation
   */
  Answer mint(Http rekey, String name) {
    return switch (this) {
      case CONDUCTORONE -> rotate(rekey, "okta");
      case KEYCARD -> keyed(rekey).post(CHECKOUT, json("name", name));
    };
  }

  /**
   * Requests a new credential that replaces an old one, which stays valid for now.
   *
   * @param old the response to the mint of the old credential
   */
  Answer mintReplacement(Http rekey, String name, Answer old) {
    return switch (this) {
      case CONDUCTORONE -> mint(rekey, name);
      case KEYCARD ->
          rekey
              .with("Idempotency-Key", name)
              .post(CHECKOUT + "/" + old.text("/id") + "/rotate", "{}");
    };
  }

  /** The upstream id of the credential in a response. */
  String credentialId(Answer answer) {
    return answer.text(this == CONDUCTORONE ? "/credential/id" : "/id");
  }

  /** Requests a new credential of a connector. */
  static Answer rotate(Http rekey, String connector) {
    return keyed(rekey)
        .post(
            "/api/v1/apps/connectors/credentials", json("appId", "crm", "connectorId", connector));
  }

  // A new key, because the rotation before may have an unknown outcome.
  private static Http keyed(Http rekey) {
    return rekey.with("Idempotency-Key", UUID.randomUUID().toString());
  }

  /** Whether the credential in a response is valid. */
  boolean isValid(Control control, Answer answer) {
    return control.isValid(answer.text(clientId), answer.text(clientSecret));
  }
}
