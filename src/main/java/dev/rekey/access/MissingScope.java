package dev.rekey.access;

import dev.rekey.platform.problem.Problems;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorityAuthorizationDecision;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.stereotype.Component;

/** Responds to a token that lacks the scope of the route, and reports the denial. */
@Component
class MissingScope implements AccessDeniedHandler {

  private final Problems problems;
  private final CallerArgument callers;
  private final DenialListener denials;

  MissingScope(Problems problems, CallerArgument callers, DenialListener denials) {
    this.problems = problems;
    this.callers = callers;
    this.denials = denials;
  }

  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException thrown)
      throws IOException {
    String scope = scope(thrown);
    var authentication = SecurityContextHolder.getContext().getAuthentication();
    if (authentication != null) {
      denials.denied(
          callers.caller(authentication, request),
          null,
          "scope " + scope + " is missing for " + request.getMethod());
    }
    problems.write(Access.outOfScope(scope), request, response);
  }

  private static String scope(AccessDeniedException thrown) {
    return thrown instanceof AuthorizationDeniedException denied
            && denied.getAuthorizationResult() instanceof AuthorityAuthorizationDecision decision
        ? decision.getAuthorities().stream()
            .map(GrantedAuthority::getAuthority)
            .flatMap(authority -> Optional.ofNullable(authority).stream())
            .map(authority -> authority.substring(Scopes.AUTHORITY_PREFIX.length()))
            .findFirst()
            .orElse("")
        : "";
  }
}
