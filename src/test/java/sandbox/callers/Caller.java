package sandbox.callers;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A client of Rekey. Its secret is its id followed by {@code -secret}. */
record Caller(String id, String team, Set<String> scopes) {
  private static final String READ = "credentials:read";
  private static final String WRITE = "credentials:write";
  private static final String AUDIT = "audit:read";

  static final List<Caller> ALL =
      List.of(
          caller("payments", "payments", READ, WRITE, AUDIT),
          caller("search", "search", READ, WRITE, AUDIT),
          caller("viewer", "payments", READ),
          caller("auditor", "auditors", AUDIT, READ),
          caller("admin", "admin", READ, WRITE, AUDIT, "admin"));

  private static Caller caller(String id, String team, String... scopes) {
    return new Caller(id, team, new LinkedHashSet<>(List.of(scopes)));
  }

  static Caller named(String id) {
    return ALL.stream().filter(caller -> caller.id().equals(id)).findFirst().orElseThrow();
  }

  String secret() {
    return id + "-secret";
  }
}
