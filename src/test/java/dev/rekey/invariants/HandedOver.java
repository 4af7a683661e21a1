package dev.rekey.invariants;

import dev.rekey.run.Http.Answer;
import java.util.Objects;
import java.util.UUID;

/** A secret that a caller received. Not a record, so that nothing prints it by accident. */
public final class HandedOver {

  private final String subject;
  private final UUID rotation;
  private final String upstreamId;
  private final String clientId;
  private final String secret;
  private final boolean wasRecorded;

  private HandedOver(String subject, Answer answer, String id, String clientId, String secret) {
    this.subject = subject;
    this.rotation = UUID.fromString(Objects.requireNonNull(answer.header("Rekey-Rotation-Id")));
    this.upstreamId = answer.text(id);
    this.clientId = answer.text(clientId);
    this.secret = answer.text(secret);
    this.wasRecorded = answer.header("Rekey-Credential-Id") != null;
  }

  /** Reads a successful response of the rotate or the create route. */
  public static HandedOver by(Answer answer, String subject) {
    return subject.startsWith("apps/")
        ? new HandedOver(
            subject, answer, "/credential/id", "/credential/clientId", "/credential/clientSecret")
        : new HandedOver(subject, answer, "/id", "/client_id", "/client_secret");
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

  /** False if the database was unavailable, so that the delivery is recorded later. */
  public boolean wasRecorded() {
    return wasRecorded;
  }

  boolean worksAt(SandboxView sandbox) {
    return sandbox.accepts(clientId, secret);
  }

  @Override
  public String toString() {
    return upstreamId + " of " + subject + ", rotation " + rotation;
  }
}
