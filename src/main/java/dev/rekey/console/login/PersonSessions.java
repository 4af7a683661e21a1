package dev.rekey.console.login;

import dev.rekey.access.Person;
import dev.rekey.access.PersonAuthentication;
import dev.rekey.platform.crypto.DerivedKeys;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.DeferredSecurityContext;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.context.HttpRequestResponseHolder;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps the {@link Person} of a session as JSON, without any token. The ID token, which the logout
 * needs, is encrypted.
 */
@Component
@ConditionalOnBooleanProperty("rekey.console.enabled")
final class PersonSessions implements SecurityContextRepository {

  private static final String PERSON = "person";
  private static final String ID_TOKEN = "id-token";

  private static final JsonMapper JSON = JsonMapper.shared();

  private final SecurityContextHolderStrategy contexts =
      SecurityContextHolder.getContextHolderStrategy();
  private final EncryptedText tokens;
  private final Clock clock;

  PersonSessions(DerivedKeys keys, Clock clock) {
    this.tokens = new EncryptedText(keys, "rekey console id token");
    this.clock = clock;
  }

  @Override
  public DeferredSecurityContext loadDeferredContext(HttpServletRequest request) {
    return new Loading(request);
  }

  private final class Loading implements DeferredSecurityContext {

    private final HttpServletRequest request;
    private @Nullable SecurityContext context;
    private boolean isGenerated;

    private Loading(HttpServletRequest request) {
      this.request = request;
    }

    @Override
    public SecurityContext get() {
      if (context == null) {
        Optional<Person> person = person(request);
        isGenerated = person.isEmpty();
        context =
            person
                .map(PersonAuthentication::new)
                .<SecurityContext>map(SecurityContextImpl::new)
                .orElseGet(contexts::createEmptyContext);
      }
      return context;
    }

    @Override
    public boolean isGenerated() {
      get();
      return isGenerated;
    }
  }

  // Spring Security calls it no more.
  @Override
  @SuppressWarnings("deprecation")
  public SecurityContext loadContext(HttpRequestResponseHolder holder) {
    return loadDeferredContext(holder.getRequest()).get();
  }

  /** Begins a login, or ends it if the context is empty. */
  @Override
  public void saveContext(
      SecurityContext context, HttpServletRequest request, HttpServletResponse response) {
    Authentication authentication = context.getAuthentication();
    if (authentication != null && authentication.getPrincipal() instanceof PersonUser user) {
      HttpSession session = request.getSession();
      session.setAttribute(PERSON, JSON.writeValueAsString(user.person()));
      session.setAttribute(ID_TOKEN, tokens.encrypt(user.getIdToken().getTokenValue()));
      // Operators find the sessions of a person by it.
      session.setAttribute(
          FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, user.person().id());
    } else if (authentication == null) {
      HttpSession session = request.getSession(false);
      if (session != null) {
        session.removeAttribute(PERSON);
        session.removeAttribute(ID_TOKEN);
      }
    }
  }

  @Override
  public boolean containsContext(HttpServletRequest request) {
    return person(request).isPresent();
  }

  /** The ID token of the login; empty if nobody is logged in. */
  Optional<String> idToken(HttpServletRequest request) {
    return attribute(request, ID_TOKEN).flatMap(tokens::decrypt);
  }

  private Optional<Person> person(HttpServletRequest request) {
    return attribute(request, PERSON)
        .map(PersonSessions::read)
        .filter(person -> person.endsAt().isAfter(clock.instant()));
  }

  private static Optional<String> attribute(HttpServletRequest request, String name) {
    HttpSession session = request.getSession(false);
    return session == null
        ? Optional.empty()
        : Optional.ofNullable((String) session.getAttribute(name));
  }

  private static @Nullable Person read(String json) {
    try {
      return JSON.readValue(json, Person.class);
    } catch (JacksonException _) {
      // Another version of Rekey wrote it, so the person logs in again.
      return null;
    }
  }
}
