package sandbox.callers;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.http.HttpMethod;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.AuthenticationSuccessHandler;
import org.springframework.security.web.authentication.SavedRequestAwareAuthenticationSuccessHandler;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Remembers when each person logged in. Spring Authorization Server does not know {@code max_age},
 * so this ends a login that is too old.
 */
@Component
final class Logins implements AuthenticationSuccessHandler {
  private static final String LOGIN = Logins.class.getName();

  private final SavedRequestAwareAuthenticationSuccessHandler next =
      new SavedRequestAwareAuthenticationSuccessHandler();
  private final Map<String, Instant> last = new ConcurrentHashMap<>();

  Optional<Instant> last(String person) {
    return Optional.ofNullable(last.get(person));
  }

  @Override
  public void onAuthenticationSuccess(
      HttpServletRequest request, HttpServletResponse response, Authentication login)
      throws IOException, ServletException {
    last.put(login.getName(), Instant.now());
    request.getSession().setAttribute(LOGIN, Instant.now());
    next.onAuthenticationSuccess(request, response, login);
  }

  /**
   * Ends a login that is older than the request allows. Not a bean, which would filter all routes.
   */
  OncePerRequestFilter maxAge() {
    return new OncePerRequestFilter() {
      @Override
      protected void doFilterInternal(
          HttpServletRequest request, HttpServletResponse response, FilterChain chain)
          throws ServletException, IOException {
        HttpSession session = request.getSession(false);
        String seconds =
            HttpMethod.GET.matches(request.getMethod()) ? request.getParameter("max_age") : null;
        if (session != null
            && seconds != null
            && session.getAttribute(LOGIN) instanceof Instant at
            && at.plusSeconds(Long.parseLong(seconds)).isBefore(Instant.now())) {
          session.invalidate();
        }
        chain.doFilter(request, response);
      }
    };
  }
}
