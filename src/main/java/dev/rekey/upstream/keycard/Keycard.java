package dev.rekey.upstream.keycard;

import dev.rekey.platform.Deadline;
import dev.rekey.platform.PathId;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.upstream.CallBudget;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Minted;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Flaw;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.SubjectForm;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamName;
import dev.rekey.upstream.http.UpstreamHttp;
import dev.rekey.upstream.keycard.KeycardApi.AccountPage;
import dev.rekey.upstream.keycard.KeycardApi.KeycardCredential;
import dev.rekey.upstream.keycard.KeycardApi.KeycardPage;
import dev.rekey.upstream.keycard.KeycardApi.NameAndDescription;
import dev.rekey.upstream.keycard.KeycardApi.PageInfo;
import dev.rekey.upstream.keycard.KeycardApi.ServiceAccount;
import dev.rekey.upstream.keycard.KeycardProperties.Organization;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keycard's service accounts, as {@code
 * organizations/{organizationId}/service-accounts/{serviceAccountId}}.
 */
public final class Keycard implements ListableUpstream {

  public static final UpstreamName NAME = new UpstreamName("keycard");

  /**
   * How long a caller's description may be; Keycard takes 500, of which Rekey's mark needs some.
   */
  public static final int MAX_DESCRIPTION = 500 - AttemptTag.LENGTH;

  /** How many rows a page may have at most; Keycard's limit. */
  private static final int MOST_PER_PAGE = 100;

  private static final String ORGANIZATIONS = "organizations";
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
    return organization(organization.value()).map(known -> subject(known.id(), account));
  }

  private Optional<Organization> organization(String idOrLabel) {
    return properties.organizations().stream()
        .filter(known -> known.id().value().equals(idOrLabel) || known.labels().contains(idOrLabel))
        .findFirst();
  }

  /** Also if the organization goes by one of its labels. */
  @Override
  public Subject subject(String name) {
    var ids = SubjectForm.SERVICE_ACCOUNT.ids(name);
    return serviceAccount(ids.parent(), ids.child())
        .orElseThrow(
            () ->
                ProblemType.UNKNOWN_ORGANIZATION
                    .with("Use the id or label of an organization that Rekey is configured for.")
                    .exception());
  }

  /** An organization's label becomes its id. */
  @Override
  public String canonical(String start) {
    String[] parts = start.split("/", 3);
    if (parts.length < 3 || !parts[0].equals(ORGANIZATIONS)) {
      return start;
    }
    return organization(parts[1])
        .map(known -> ORGANIZATIONS + "/" + known.id() + "/" + parts[2])
        .orElse(start);
  }

  @Override
  public boolean mayHaveSubjects(String start) {
    return SubjectForm.SERVICE_ACCOUNT.mayBegin(start);
  }

  @Override
  public UpstreamName name() {
    return NAME;
  }

  /** Whether callers may describe a credential so: not like the mark that Rekey puts there. */
  public static boolean mayDescribe(String text) {
    return !AttemptTag.isLike(text);
  }

  @Override
  public boolean isAdditive() {
    return true;
  }

  @Override
  public Keycard within(CallBudget budget) {
    return new Keycard(api, http.within(budget), properties);
  }

  @Override
  public List<String> directories() {
    return properties.organizations().stream()
        .map(organization -> ORGANIZATIONS + "/" + organization.id())
        .toList();
  }

  @Override
  public Reply<SubjectPage> subjects(String directory, @Nullable String after) {
    PathId organization = PathId.of(directory.substring(ORGANIZATIONS.length() + 1));
    return http.repeatable(
        () -> api.accounts(organization.value(), MOST_PER_PAGE, after),
        wire -> subjects(organization, wire));
  }

  private static Reply<SubjectPage> subjects(PathId organization, @Nullable AccountPage wire) {
    if (wire == null || wire.items() == null || wire.pageInfo() == null) {
      return new Reply.Unusable<>(Flaw.UNPARSABLE);
    }
    List<Subject> subjects = new ArrayList<>();
    for (ServiceAccount account : wire.items()) {
      if (account.id() == null || !PathId.isValid(account.id())) {
        return new Reply.Unusable<>(Flaw.UNPARSABLE);
      }
      subjects.add(subject(organization, PathId.of(account.id())));
    }
    PageInfo info = wire.pageInfo();
    if (info.hasNextPage() && info.endCursor() == null) {
      return new Reply.Unusable<>(Flaw.UNPARSABLE);
    }
    return new Reply.Success<>(
        new SubjectPage(List.copyOf(subjects), info.hasNextPage() ? info.endCursor() : null));
  }

  private static Subject subject(PathId organization, PathId account) {
    return Subject.of(NAME, ORGANIZATIONS, organization, "service-accounts", account);
  }

  @Override
  public Reply<Minted> mint(
      Subject subject, CredentialNaming request, UUID attempt, Deadline deadline) {
    var body =
        new NameAndDescription(request.name(), AttemptTag.on(request.description(), attempt));
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
  public Reply<UpstreamCredential> update(Subject subject, PathId id, CredentialNaming changes) {
    if (changes.description() == null) {
      return update(subject, id, new NameAndDescription(changes.name(), null));
    }
    return switch (read(subject, id)) {
      case Reply.Success<UpstreamCredential>(var known) ->
          update(
              subject,
              id,
              new NameAndDescription(
                  changes.name(),
                  known.attempt() == null
                      ? changes.description()
                      : AttemptTag.on(changes.description(), known.attempt())));
      case Reply.ErrorStatus<UpstreamCredential> error when error.isRefusal() -> error;
      case Reply.NotSent<UpstreamCredential> notSent -> notSent;
      default -> new Reply.NotSent<>(Reply.Obstacle.NOT_READ);
    };
  }

  private Reply<UpstreamCredential> update(Subject subject, PathId id, NameAndDescription body) {
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
            AttemptTag.without(wire.description()),
            wire.createdAt(),
            null,
            null,
            wire.lastUsedAt(),
            null,
            AttemptTag.in(wire.description()),
            wire.permissions()));
  }
}
