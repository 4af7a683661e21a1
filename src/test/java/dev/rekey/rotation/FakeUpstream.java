package dev.rekey.rotation;

import dev.rekey.platform.Deadline;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.CallBudget;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.Minted;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamName;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A replacing upstream that cannot be reached. */
final class FakeUpstream implements Upstream {

  static final UpstreamName NAME = new UpstreamName("fake");
  static final Subject SUBJECT = new Subject(NAME, "apps/crm/connectors/okta");

  @Override
  public UpstreamName name() {
    return NAME;
  }

  @Override
  public Subject subject(String name) {
    return new Subject(NAME, name);
  }

  @Override
  public boolean canHaveSubjects(String prefix) {
    return true;
  }

  @Override
  public boolean isAdditive() {
    return false;
  }

  @Override
  public Reply<Minted> mint(
      Subject subject, CredentialNaming request, UUID attempt, Deadline deadline) {
    return new Reply.NotSent<>(Reply.Obstacle.NOT_CONNECTED);
  }

  @Override
  public Upstream within(CallBudget budget) {
    return this;
  }

  @Override
  public boolean isOwnLogin(@Nullable String clientId) {
    return false;
  }

  @Override
  public Reply<UpstreamCredential> read(Subject subject, PathId id) {
    return new Reply.NotSent<>(Reply.Obstacle.NOT_CONNECTED);
  }

  @Override
  public Reply<Retired> retire(Subject subject, PathId id) {
    return new Reply.NotSent<>(Reply.Obstacle.NOT_CONNECTED);
  }
}
