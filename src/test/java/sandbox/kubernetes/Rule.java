package sandbox.kubernetes;

import java.util.List;

/**
 * A rule of a Role. It has no wildcards.
 *
 * @param apiGroup empty for the core group
 * @param resourceNames empty for all. Names match no request that has none, such as a create
 */
public record Rule(
    String namespace,
    String apiGroup,
    String resource,
    List<String> resourceNames,
    List<String> verbs) {

  public Rule {
    resourceNames = List.copyOf(resourceNames);
    verbs = List.copyOf(verbs);
  }

  boolean allows(Attributes wanted) {
    return namespace.equals(wanted.namespace())
        && apiGroup.equals(wanted.apiGroup())
        && resource.equals(wanted.resource())
        && verbs.contains(wanted.verb())
        && (resourceNames.isEmpty() || resourceNames.contains(wanted.name()));
  }
}
