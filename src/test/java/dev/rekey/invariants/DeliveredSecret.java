package dev.rekey.invariants;

import dev.rekey.run.Http.Answer;
import java.util.Objects;
import java.util.UUID;

/** A secret that a caller received. A class and not a record, because records print their parts. */
public final class DeliveredSecret {

  private final String subject;
  private final UUID rotation;
  private final String upstreamId;
  private final String clientId;
  private final String secret;
  private final boolean wasRecorded;

  private DeliveredSecret(
      String subject, Answer answer, String id, String clientId, String secret) {
    this.subject = subject;
    this.rotation = UUID.fromString(Objects.requireNonNull(answer.header("Rekey-Rotation-Id")));
    this.upstreamId = answer.text(id);
    this.clientId = answer.text(clientId);
    this.secret = answer.text(secret);
    this.wasRecorded = answer.header("Rekey-Credential-Id") != null;
  }

  /** The secret in a successful response of the routes that rotate and create. */
  public static DeliveredSecret in(Answer answer, String subject) {
    return subject.startsWith("apps/")
        ? new DeliveredSecret(
            subject, answer, "/credential/id", "/credential/clientId", "/credential/clientSecret")
        : new DeliveredSecret(subject, answer, "/id", "/client_id", "/client_secret");
  }

  String subject() {
    return subject;
  }

  public UUID rotation() {
    return rotation;
  }

  String upstreamId() {
    return upstreamId;
  }

  /** False if the database was unavailable, so that the credential is recorded later. */
  public boolean wasRecorded() {
    return wasRecorded;
  }

  boolean isValidAt(SandboxView sandbox) {
    return sandbox.accepts(clientId, secret);
  }

  @Override
  public String toString() {
    return upstreamId + " of " + subject + ", rotation " + rotation;
  }
}
