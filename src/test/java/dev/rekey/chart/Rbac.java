package dev.rekey.chart;

import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.List;

/** Objects of role-based access control, with the fields that the chart uses. */
final class Rbac {

  private Rbac() {}

  @Group("rbac.authorization.k8s.io")
  @Version("v1")
  @Kind("Role")
  static final class Role extends CustomObject<Void> {

    private static final long serialVersionUID = 1L;

    private transient List<PolicyRule> rules;

    public List<PolicyRule> getRules() {
      return rules;
    }

    public void setRules(List<PolicyRule> rules) {
      this.rules = rules;
    }
  }

  record PolicyRule(
      List<String> apiGroups,
      List<String> resources,
      List<String> resourceNames,
      List<String> verbs) {}

  @Group("rbac.authorization.k8s.io")
  @Version("v1")
  @Kind("RoleBinding")
  static final class RoleBinding extends CustomObject<Void> {

    private static final long serialVersionUID = 1L;

    private transient RoleRef roleRef;
    private transient List<Account> subjects;

    public RoleRef getRoleRef() {
      return roleRef;
    }

    public void setRoleRef(RoleRef roleRef) {
      this.roleRef = roleRef;
    }

    public List<Account> getSubjects() {
      return subjects;
    }

    public void setSubjects(List<Account> subjects) {
      this.subjects = subjects;
    }
  }

  record RoleRef(String apiGroup, String kind, String name) {}

  record Account(String kind, String name, String namespace) {}
}
