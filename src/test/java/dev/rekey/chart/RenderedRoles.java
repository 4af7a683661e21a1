package dev.rekey.chart;

import dev.rekey.chart.Rbac.Account;
import dev.rekey.chart.Rbac.PolicyRule;
import dev.rekey.chart.Rbac.Role;
import dev.rekey.chart.Rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The permissions that the rendered chart gives Rekey at the API server of Kubernetes. */
public final class RenderedRoles {

  private RenderedRoles() {}

  /**
   * A rule of a Role that is bound to Rekey's service account.
   *
   * @param apiGroup empty for the core group
   * @param resourceNames the only names that it allows; empty for all
   */
  public record Rule(
      String namespace,
      String apiGroup,
      String resource,
      Set<String> resourceNames,
      Set<String> verbs) {}

  /** Those of the chart with these values files. Later files override earlier ones. */
  public static List<Rule> with(Path... values) {
    return of(Chart.render(values));
  }

  static List<Rule> of(Rendered rendered) {
    return rendered.all(RoleBinding.class).stream()
        .filter(binding -> binding.getSubjects().contains(accountOf(rendered)))
        .map(binding -> role(rendered, binding))
        .flatMap(RenderedRoles::rules)
        .toList();
  }

  private static Account accountOf(Rendered rendered) {
    String name = rendered.pod().getServiceAccountName();
    return new Account("ServiceAccount", name, rendered.deployment().getMetadata().getNamespace());
  }

  /** The Role that the binding names, which is in its namespace. */
  private static Role role(Rendered rendered, RoleBinding binding) {
    return rendered.all(Role.class).stream()
        .filter(role -> namespace(role).equals(namespace(binding)))
        .filter(role -> role.getMetadata().getName().equals(binding.getRoleRef().name()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no Role " + binding.getRoleRef()));
  }

  private static Stream<Rule> rules(Role role) {
    return role.getRules().stream()
        .flatMap(
            rule ->
                rule.apiGroups().stream()
                    .flatMap(
                        group ->
                            rule.resources().stream()
                                .map(resource -> rule(role, rule, group, resource))));
  }

  private static Rule rule(Role role, PolicyRule rule, String group, String resource) {
    Set<String> names = rule.resourceNames() == null ? Set.of() : Set.copyOf(rule.resourceNames());
    return new Rule(namespace(role), group, resource, names, Set.copyOf(rule.verbs()));
  }

  private static String namespace(HasMetadata object) {
    return object.getMetadata().getNamespace();
  }
}
