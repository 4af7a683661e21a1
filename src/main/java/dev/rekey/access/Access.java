package dev.rekey.access;

import dev.rekey.access.AccessProperties.Grant;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.upstream.Subject;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;

/** Checks a caller's grants. {@link RouteScope} checks the scope of the route before. */
@Component
public class Access {

  private final AccessProperties properties;
  private final MintRate mintRate;
  private final MintCheck mintCheck;
  private final DenialListener denials;

  Access(
      AccessProperties properties, MintRate mintRate, MintCheck mintCheck, DenialListener denials) {
    this.properties = properties;
    this.mintRate = mintRate;
    this.mintCheck = mintCheck;
    this.denials = denials;
  }

  /** Throws a {@code no-grant} problem unless one of the caller's teams was granted the subject. */
  public Permit.Write toChange(Caller caller, Subject subject) {
    return grantFor(caller, subject)
        .map(grant -> new Permit.Write(caller, subject, grant.qualifiedTeam()))
        .orElseThrow(() -> denied(caller, subject));
  }

  /** Whether {@link #toChange} returns a permit. Reports no denial. */
  public boolean mayChange(Caller caller, Subject subject) {
    return grantFor(caller, subject).isPresent();
  }

  private Optional<Grant> grantFor(Caller caller, Subject subject) {
    return grants(caller)
        .filter(grant -> grant.subjects().stream().anyMatch(one -> one.matches(subject)))
        .findFirst();
  }

  /**
   * As {@link #toChange}. Needs the thread of the request, and throws a problem if its response
   * cannot be as it has to be for the team, or if the caller mints too many.
   *
   * @param returnsSecret whether the response has the secret
   */
  public Permit.Write toMint(Caller caller, Subject subject, boolean returnsSecret) {
    Permit.Write permit = toChange(caller, subject);
    mintCheck.check(permit.team(), returnsSecret);
    mintRate.take(caller);
    return permit;
  }

  /** Throws an {@code insufficient-scope} problem unless the caller has the scope of admins. */
  public Permit.Administer toAdminister(Caller caller, Subject subject) {
    if (!caller.has(RouteScope.ADMIN)) {
      denials.denied(caller, subject, "scope " + RouteScope.ADMIN + " is missing");
      throw outOfScope(RouteScope.ADMIN);
    }
    return new Permit.Administer(caller, subject);
  }

  /** Whether the caller has the scope that a request of the API needs. */
  public boolean hasScopeFor(Caller caller, HttpMethod method, String path) {
    return RouteScope.needed(method, path).stream().allMatch(caller::has);
  }

  /** Throws an {@code insufficient-scope} problem unless {@link #hasScopeFor} is true. */
  public void requireScopeFor(Caller caller, HttpMethod method, String path) {
    if (!hasScopeFor(caller, method, path)) {
      String scope = RouteScope.needed(method, path).orElseThrow();
      denials.denied(caller, null, "scope " + scope + " is missing for " + method);
      throw outOfScope(scope);
    }
  }

  /** Throws a {@code no-grant} problem unless {@link #visibleTo} includes the subject. */
  public Permit.Read toRead(Caller caller, Subject subject) {
    if (!canRead(caller, subject)) {
      throw denied(caller, subject);
    }
    return new Permit.Read(caller, subject);
  }

  /**
   * The thing if its subject is visible to the caller. Otherwise empty, as if it did not exist, and
   * the denial is reported. Without a subject, null, only callers that see all of them see it.
   */
  public <T> Optional<T> ifVisible(Caller caller, @Nullable Subject subject, T thing) {
    if (canRead(caller, subject)) {
      return Optional.of(thing);
    }
    denials.denied(
        caller, subject, subject == null ? "no grant covers it" : "no grant covers " + subject);
    return Optional.empty();
  }

  /** The subjects whose inventory and history the caller may read. */
  public Visibility visibleTo(Caller caller) {
    boolean readsAll =
        caller.has(RouteScope.ADMIN)
            || (caller.has(RouteScope.READ_AUDIT) && grants(caller).anyMatch(Grant::allTeams));
    return readsAll ? new Visibility.All() : only(grants(caller));
  }

  /** The subjects that a team was granted; none if the team is unknown. */
  public Visibility grantedTo(String team) {
    return only(properties.grants().stream().filter(grant -> grant.qualifiedTeam().equals(team)));
  }

  /**
   * The teams with granted subjects whose names the caller may know: all teams for a caller that
   * sees all subjects, else its own. In alphabetical order.
   */
  public List<String> teamsKnownTo(Caller caller) {
    Stream<Grant> known =
        visibleTo(caller) instanceof Visibility.All ? properties.grants().stream() : grants(caller);
    return known
        .filter(grant -> !grant.subjects().isEmpty())
        .map(Grant::qualifiedTeam)
        .distinct()
        .sorted()
        .toList();
  }

  private static Visibility only(Stream<Grant> grants) {
    return new Visibility.Only(
        grants.flatMap(grant -> grant.subjects().stream()).distinct().toList());
  }

  private boolean canRead(Caller caller, @Nullable Subject subject) {
    return visibleTo(caller).includes(subject == null ? null : subject.name());
  }

  private Stream<Grant> grants(Caller caller) {
    return properties.grants().stream()
        .filter(grant -> caller.teams().contains(grant.qualifiedTeam()));
  }

  private RuntimeException denied(Caller caller, Subject subject) {
    denials.denied(caller, subject, "no grant covers " + subject);
    return ProblemType.NO_GRANT
        .with(
            caller.teams().isEmpty()
                ? "Your access token names no team in %s, so no grant covers %s."
                    .formatted(String.join(" or ", properties.teamClaims(caller.issuer())), subject)
                : "None of your teams %s has a grant that covers %s. Ask Rekey's operators for one."
                    .formatted(caller.teams(), subject))
        .member("subject", subject.name());
  }

  /** The problem of a token that lacks a scope. */
  static ProblemException outOfScope(String scope) {
    return ProblemType.INSUFFICIENT_SCOPE
        .with("This needs the scope " + scope + ". Ask for a token that has it.")
        .member("scope", scope);
  }

  /** Asked before each mint whether the response can be as it has to be for a team. */
  public interface MintCheck {

    /**
     * Throws a problem if it cannot.
     *
     * @param team the one whose grant allows the mint
     * @param returnsSecret whether the response has the secret
     */
    void check(String team, boolean returnsSecret);
  }

  /** Notified of every request of an authenticated caller that was denied. */
  public interface DenialListener {

    /** Must not throw, because the request is denied anyway; null for an unknown subject. */
    void denied(Caller caller, @Nullable Subject subject, String reason);
  }
}
