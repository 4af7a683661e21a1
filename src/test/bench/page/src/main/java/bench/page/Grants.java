package bench.page;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;

/** Checks the scope of the token, and that its teams may see everything. */
@Component
class Grants {

  private static final Map<String, List<String>> PATTERNS =
      Map.of("admin", List.of("apps/*/connectors/*", "organizations/*/service-accounts/*"));
  private static final Set<String> EVERYTHING = Set.copyOf(PATTERNS.get("admin"));

  private final boolean enabled;

  Grants(@Value("${bench.grants}") boolean enabled) {
    this.enabled = enabled;
  }

  void require(String scope) {
    if (enabled && !isAllowed(scope)) {
      throw new ResponseStatusException(HttpStatus.FORBIDDEN);
    }
  }

  private static boolean isAllowed(String scope) {
    var caller = (JwtAuthenticationToken) SecurityContextHolder.getContext().getAuthentication();
    return caller.getAuthorities().stream()
            .anyMatch(a -> ("SCOPE_" + scope).equals(a.getAuthority()))
        && caller.getToken().getClaimAsStringList("groups").stream()
            .flatMap(team -> PATTERNS.getOrDefault(team, List.of()).stream())
            .toList()
            .containsAll(EVERYTHING);
  }
}
