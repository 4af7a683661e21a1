package dev.rekey.upstream.conductorone;

import dev.rekey.platform.Deadline;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.CallBudget;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.Minted;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Flaw;
import dev.rekey.upstream.Secret;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.SubjectForm;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamName;
import dev.rekey.upstream.conductorone.ConductorOneApi.ConnectorCredential;
import dev.rekey.upstream.conductorone.ConductorOneApi.Response;
import dev.rekey.upstream.conductorone.ConductorOneApi.RotateRequest;
import dev.rekey.upstream.http.UpstreamClients.Client;
import dev.rekey.upstream.http.UpstreamHttp;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** ConductorOne. Its subjects are connectors. */
public final class ConductorOne implements Upstream {

  public static final UpstreamName NAME = new UpstreamName("conductorone");

  private final Client<ConductorOneApi> client;
  private final ConductorOneApi api;
  private final UpstreamHttp http;
  private final ConductorOneProperties properties;

  ConductorOne(
      Client<ConductorOneApi> client, UpstreamHttp http, ConductorOneProperties properties) {
    this.client = client;
    this.api = client.api();
    this.http = http;
    this.properties = properties;
  }

  public static Subject connector(PathId appId, PathId connectorId) {
    return SubjectForm.CONNECTOR.subject(NAME, appId, connectorId);
  }

  @Override
  public UpstreamName name() {
    return NAME;
  }

  @Override
  public Subject subject(String name) {
    return SubjectForm.CONNECTOR.subject(NAME, name);
  }

  @Override
  public boolean canHaveSubjects(String prefix) {
    return SubjectForm.CONNECTOR.canBeginWith(prefix);
  }

  @Override
  public boolean isAdditive() {
    return properties.rotation() == ConductorOneProperties.Rotation.ADDITIVE;
  }

  @Override
  public ConductorOne within(CallBudget budget) {
    return new ConductorOne(client, http.within(budget), properties);
  }

  @Override
  public boolean isOwnLogin(@Nullable String clientId) {
    return client.clientId().get().equals(clientId);
  }

  /** Does not store the attempt: a rotate request has no text field (OpenAPI document). */
  @Override
  public Reply<Minted> mint(
      Subject subject, CredentialNaming request, UUID attempt, Deadline deadline) {
    var body = new RotateRequest(subject.parent().value(), subject.id().value());
    return http.once(
        deadline.atMost(properties.http().mintTimeout()),
        () -> api.rotate(body),
        response -> Minted.of(credential(response), secret(response)));
  }

  @Override
  public Reply<UpstreamCredential> read(Subject subject, PathId id) {
    return http.retryable(
            () -> api.get(subject.parent().value(), subject.id().value(), id.value()),
            ConductorOne::credential)
        .flatMap(found -> found.ifIdIs(id));
  }

  @Override
  public Reply<Retired> retire(Subject subject, PathId id) {
    return http.retire(
        () -> api.revoke(subject.parent().value(), subject.id().value(), id.value(), Map.of()));
  }

  private static @Nullable Secret secret(@Nullable Response response) {
    if (response == null || response.credential() == null) {
      return null;
    }
    Secret inCredential = response.credential().clientSecret();
    return inCredential == null || inCredential.isEmpty() ? response.clientSecret() : inCredential;
  }

  private static Reply<UpstreamCredential> credential(@Nullable Response response) {
    if (response == null || response.credential() == null) {
      return new Reply.Unusable<>(Flaw.UNPARSABLE);
    }
    ConnectorCredential wire = response.credential();
    if (wire.id() == null || !PathId.isValid(wire.id())) {
      return new Reply.Unusable<>(Flaw.UNPARSABLE);
    }
    return new UpstreamCredential(
            PathId.of(wire.id()),
            nullIfEmpty(wire.clientId()),
            nullIfEmpty(wire.displayName()),
            null,
            wire.createdAt(),
            wire.updatedAt(),
            wire.expiresTime(),
            wire.lastUsedAt(),
            wire.deletedAt(),
            null,
            null)
        .unlessRepeating(wire.clientSecret(), response.clientSecret());
  }

  private static @Nullable String nullIfEmpty(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }
}
