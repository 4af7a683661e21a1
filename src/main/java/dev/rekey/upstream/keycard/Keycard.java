package dev.rekey.upstream.keycard;

import dev.rekey.platform.Deadline;
import dev.rekey.platform.PathId;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.upstream.CallBudget;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Minted;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.SubjectForm;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamName;
import dev.rekey.upstream.http.UpstreamClients.Client;
import dev.rekey.upstream.http.UpstreamHttp;
import dev.rekey.upstream.keycard.KeycardApi.KeycardCredential;
import dev.rekey.upstream.keycard.KeycardApi.NameAndDescription;
import dev.rekey.upstream.keycard.KeycardProperties.Organization;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import reactor.core.publisher.Mono;

/** Keycard. Its subjects are service accounts. */
public final class Keycard implements ListableUpstream {

  public static final UpstreamName NAME = new UpstreamName("keycard");

  /** Keycard's limit of characters in a description. */
  public static final int MAX_DESCRIPTION = 500;

  /** Keycard's limit of rows per page. */
  private static final int MAX_PAGE_SIZE = 100;

  private static final String ORGANIZATIONS = "organizations";
  private static final String PERMISSIONS = "permissions";

  private final Client<KeycardApi> client;
  private final KeycardApi api;
  private final UpstreamHttp http;
  private final KeycardProperties properties;

  Keycard(Client<KeycardApi> client, UpstreamHttp http, KeycardProperties properties) {
    this.client = client;
    this.api = client.api();
    this.http = http;
    this.properties = properties;
  }

  /** By the id or a label of the organization; empty if that is not configured. */
  public Optional<Subject> serviceAccount(PathId organization, PathId account) {
    return organization(organization.value())
        .map(known -> SubjectForm.SERVICE_ACCOUNT.subject(NAME, known.id(), account));
  }

  private Optional<Organization> organization(String idOrLabel) {
    return properties.organizations().stream()
        .filter(known -> known.id().value().equals(idOrLabel) || known.labels().contains(idOrLabel))
        .findFirst();
  }

  /** Accepts an organization's id or label. */
  @Override
  public Subject subject(String name) {
    var named = SubjectForm.SERVICE_ACCOUNT.subject(NAME, name);
    return serviceAccount(named.parent(), named.id())
        .orElseThrow(
            () ->
                ProblemType.UNKNOWN_ORGANIZATION.with(
                    "Use the id or label of an organization that Rekey is configured for."));
  }

  /** Replaces an organization's label by its id. */
  @Override
  public String canonical(String prefix) {
    String[] parts = prefix.split("/", 3);
    if (parts.length < 3 || !parts[0].equals(ORGANIZATIONS)) {
      return prefix;
    }
    return organization(parts[1])
        .map(known -> ORGANIZATIONS + "/" + known.id() + "/" + parts[2])
        .orElse(prefix);
  }

  @Override
  public boolean canHaveSubjects(String prefix) {
    return SubjectForm.SERVICE_ACCOUNT.canBeginWith(prefix);
  }

  @Override
  public UpstreamName name() {
    return NAME;
  }

  /** Whether callers may use the text as a description; false if it has the form of Rekey's tag. */
  public static boolean isDescriptionAllowed(String text) {
    return !AttemptTag.isIn(text);
  }

  @Override
  public boolean isAdditive() {
    return true;
  }

  @Override
  public boolean isOwnLogin(@Nullable String clientId) {
    return client.clientId().get().equals(clientId);
  }

  @Override
  public Keycard within(CallBudget budget) {
    return new Keycard(client, http.within(budget), properties);
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
    return http.retryable(
        () -> api.accounts(organization.value(), MAX_PAGE_SIZE, after),
        wire -> KeycardReader.subjects(wire, organization, after));
  }

  /** A description that leaves no room for the tag is shortened; see {@link #complete}. */
  @Override
  public Reply<Minted> mint(
      Subject subject, CredentialNaming request, UUID attempt, Deadline deadline) {
    String description = request.description();
    boolean isWhole = AttemptTag.fits(description);
    String sent = isWhole || description == null ? description : AttemptTag.shorten(description);
    var body = new NameAndDescription(request.name(), AttemptTag.append(sent, attempt));
    Reply<Minted> reply =
        http.once(
            deadline.atMost(properties.http().mintTimeout()),
            () -> api.create(subject.parent().value(), subject.id().value(), body),
            KeycardReader::minted);
    return isWhole ? reply : reply.flatMap(Keycard::shortened);
  }

  private static Reply<Minted> shortened(Minted minted) {
    return new Reply.Success<>(new Minted(minted.credential(), minted.secret(), true));
  }

  @Override
  public Reply<UpstreamCredential> complete(
      Subject subject, PathId id, String description, Deadline deadline) {
    return http.once(
            deadline.atMost(properties.http().readTimeout()),
            () -> patch(subject, id, new NameAndDescription(null, description)),
            KeycardReader::credential)
        .flatMap(changed -> changed.ifIdIs(id));
  }

  @Override
  public Reply<Page> list(Subject subject, Query query) {
    return http.retryable(
        () ->
            api.list(
                subject.parent().value(),
                subject.id().value(),
                query.limit(),
                query.after(),
                query.before(),
                query.search(),
                query.withPermissions() ? PERMISSIONS : null),
        wire -> KeycardReader.page(wire, query));
  }

  @Override
  public Reply<UpstreamCredential> read(Subject subject, PathId id) {
    return read(subject, id, false);
  }

  @Override
  public Reply<UpstreamCredential> read(Subject subject, PathId id, boolean withPermissions) {
    return http.retryable(
            () ->
                api.get(
                    subject.parent().value(),
                    subject.id().value(),
                    id.value(),
                    withPermissions ? PERMISSIONS : null),
            KeycardReader::credential)
        .flatMap(found -> found.ifIdIs(id));
  }

  /** Reads the credential first if the description changes, to keep its tag while there is room. */
  @Override
  public Reply<UpstreamCredential> update(
      Subject subject, PathId id, CredentialNaming changes, Predicate<UUID> isNeeded) {
    String description = changes.description();
    if (description == null) {
      return update(subject, id, new NameAndDescription(changes.name(), null));
    }
    return switch (read(subject, id)) {
      case Reply.Success<UpstreamCredential>(var known) -> {
        UUID attempt = known.attempt();
        if (attempt == null || AttemptTag.fits(description)) {
          String tagged = AttemptTag.append(description, attempt);
          yield update(subject, id, new NameAndDescription(changes.name(), tagged));
        }
        yield isNeeded.test(attempt)
            ? new Reply.NotSent<>(Reply.Obstacle.NOT_SETTLED)
            : update(subject, id, new NameAndDescription(changes.name(), description));
      }
      case Reply.ErrorStatus<UpstreamCredential> error when error.isRefusal() -> error;
      case Reply.NotSent<UpstreamCredential> notSent -> notSent;
      default -> new Reply.NotSent<>(Reply.Obstacle.NOT_READ);
    };
  }

  private Reply<UpstreamCredential> update(Subject subject, PathId id, NameAndDescription body) {
    return http.once(() -> patch(subject, id, body), KeycardReader::credential)
        .flatMap(changed -> changed.ifIdIs(id));
  }

  private Mono<ResponseEntity<KeycardCredential>> patch(
      Subject subject, PathId id, NameAndDescription body) {
    return api.update(subject.parent().value(), subject.id().value(), id.value(), body);
  }

  @Override
  public Reply<Retired> retire(Subject subject, PathId id) {
    return http.retire(
        () -> api.delete(subject.parent().value(), subject.id().value(), id.value()));
  }
}
