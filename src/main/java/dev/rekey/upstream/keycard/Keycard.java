package dev.rekey.upstream.keycard;

import dev.rekey.platform.Deadline;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.Label;
import dev.rekey.upstream.Listing;
import dev.rekey.upstream.Minted;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Flaw;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamHttp;
import dev.rekey.upstream.UpstreamName;
import dev.rekey.upstream.keycard.KeycardApi.KeycardCredential;
import dev.rekey.upstream.keycard.KeycardApi.KeycardPage;
import dev.rekey.upstream.keycard.KeycardApi.NameAndDescription;
import dev.rekey.upstream.keycard.KeycardApi.PageInfo;
import dev.rekey.upstream.keycard.KeycardProperties.Organization;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keycard's service accounts, as {@code
 * organizations/{organizationId}/service-accounts/{serviceAccountId}}.
 */
public final class Keycard implements Listing {

  public static final UpstreamName NAME = new UpstreamName("keycard");

  private static final String PERMISSIONS = "permissions";

  private final KeycardApi api;
  private final UpstreamHttp http;
  private final KeycardProperties properties;

  Keycard(KeycardApi api, UpstreamHttp http, KeycardProperties properties) {
    this.api = api;
    this.http = http;
    this.properties = properties;
  }

  /**
   * The service account's one name in grants, history and inventory.
   *
   * @param organization the organization's id or one of its labels
   * @return empty if the organization is not configured
   */
  public Optional<Subject> serviceAccount(PathId organization, PathId account) {
    return properties.organizations().stream()
        .filter(known -> known.id().equals(organization) || hasLabel(known, organization))
        .findFirst()
        .map(known -> Subject.of(NAME, "organizations", known.id(), "service-accounts", account));
  }

  private static boolean hasLabel(Organization known, PathId organization) {
    return known.labels().contains(organization.value());
  }

  @Override
  public UpstreamName name() {
    return NAME;
  }

  @Override
  public Reply<Minted> mint(Subject subject, Label request, Deadline deadline) {
    var body = new NameAndDescription(request.name(), request.description());
    return http.once(
        deadline.atMost(properties.http().mintTimeout()),
        () -> api.create(subject.parent().value(), subject.id().value(), body),
        Keycard::minted);
  }

  @Override
  public Reply<Page> list(Subject subject, Query query) {
    return http.repeatable(
        () ->
            api.list(
                subject.parent().value(),
                subject.id().value(),
                query.limit(),
                query.after(),
                query.before(),
                query.withPermissions() ? PERMISSIONS : null),
        Keycard::page);
  }

  @Override
  public Reply<UpstreamCredential> read(Subject subject, PathId id) {
    return read(subject, id, false);
  }

  @Override
  public Reply<UpstreamCredential> read(Subject subject, PathId id, boolean withPermissions) {
    return http.repeatable(
        () ->
            api.get(
                subject.parent().value(),
                subject.id().value(),
                id.value(),
                withPermissions ? PERMISSIONS : null),
        Keycard::credential);
  }

  @Override
  public Reply<UpstreamCredential> update(Subject subject, PathId id, Label changes) {
    var body = new NameAndDescription(changes.name(), changes.description());
    return http.once(
        () -> api.update(subject.parent().value(), subject.id().value(), id.value(), body),
        Keycard::credential);
  }

  @Override
  public Reply<Retired> retire(Subject subject, PathId id) {
    return http.retire(
        () -> api.delete(subject.parent().value(), subject.id().value(), id.value()));
  }

  private static Reply<Minted> minted(@Nullable KeycardCredential wire) {
    return Minted.of(credential(wire), wire == null ? null : wire.clientSecret());
  }

  private static Reply<Page> page(@Nullable KeycardPage wire) {
    if (wire == null || wire.items() == null || wire.pageInfo() == null) {
      return new Reply.Unusable<>(Flaw.UNPARSABLE);
    }
    List<UpstreamCredential> items = new ArrayList<>();
    for (KeycardCredential item : wire.items()) {
      if (!(credential(item) instanceof Reply.Success<UpstreamCredential>(var credential))) {
        return new Reply.Unusable<>(Flaw.UNPARSABLE);
      }
      items.add(credential);
    }
    PageInfo info = wire.pageInfo();
    return new Reply.Success<>(
        new Page(
            List.copyOf(items),
            info.hasNextPage(),
            info.hasPrevPage(),
            info.startCursor(),
            info.endCursor(),
            wire.permissions()));
  }

  private static Reply<UpstreamCredential> credential(@Nullable KeycardCredential wire) {
    if (wire == null || wire.id() == null || !PathId.isValid(wire.id())) {
      return new Reply.Unusable<>(Flaw.UNPARSABLE);
    }
    return new Reply.Success<>(
        new UpstreamCredential(
            PathId.of(wire.id()),
            wire.clientId(),
            wire.name(),
            wire.description(),
            wire.createdAt(),
            null,
            null,
            wire.lastUsedAt(),
            null,
            wire.permissions()));
  }
}
