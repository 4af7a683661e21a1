package dev.rekey.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.chart.Rbac.Account;
import dev.rekey.chart.Rbac.Role;
import dev.rekey.chart.Rbac.RoleBinding;
import dev.rekey.chart.RenderedRoles.Rule;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ProjectedVolumeSource;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Delivery into Secrets: Rekey gets the permissions, the token and the traffic for it, no more. */
class DeliveryTest {

  private static final Path DELIVERY = Chart.DIRECTORY.resolve("ci/delivery-values.yaml");
  private static final String DIRECTORY = "/var/run/secrets/kubernetes.io/serviceaccount";
  private static final Set<String> CHANGE = Set.of("get", "patch");

  @TempDir private Path scratch;

  @Test
  void eachNamespaceHasTheRulesOfItsTargetsOnly() {
    assertThat(RenderedRoles.with(DELIVERY))
        .containsExactlyInAnyOrder(
            new Rule("identity", "", "secrets", Set.of("okta-connector"), CHANGE),
            new Rule("identity", "apps", "deployments", Set.of("okta-connector"), CHANGE),
            new Rule("identity", "", "events", Set.of(), Set.of("create")),
            new Rule("payments", "", "secrets", Set.of("checkout-keycard"), CHANGE),
            new Rule("payments", "apps", "statefulsets", Set.of("checkout"), CHANGE),
            new Rule("payments", "", "events", Set.of(), Set.of("create")));
  }

  @Test
  void theTargetsOfANamespaceShareARole() {
    Rendered rendered =
        rendered(
            target("okta", "okta-connector", "deployment/connectors", "daemonset/agent"),
            target("zendesk", "zendesk-connector", "deployment/connectors", "deployment/api"),
            target("slack", "slack-connector"));

    assertThat(rendered.all(Role.class)).hasSize(1);
    assertThat(RenderedRoles.of(rendered))
        .containsExactly(
            new Rule(
                "identity",
                "",
                "secrets",
                Set.of("okta-connector", "zendesk-connector", "slack-connector"),
                CHANGE),
            new Rule("identity", "apps", "deployments", Set.of("api", "connectors"), CHANGE),
            new Rule("identity", "apps", "daemonsets", Set.of("agent"), CHANGE),
            new Rule("identity", "", "events", Set.of(), Set.of("create")));
  }

  @Test
  void nothingIsAllowedInTheWholeClusterOrToOthers() {
    Rendered rendered = Chart.render(DELIVERY);
    var rekey = new Account("ServiceAccount", "blue-rekey", Chart.NAMESPACE);

    assertThat(rendered.objects())
        .extracting(HasMetadata::getKind)
        .doesNotContain("ClusterRole", "ClusterRoleBinding");
    assertThat(rendered.all(RoleBinding.class))
        .hasSameSizeAs(rendered.all(Role.class))
        .allSatisfy(
            binding -> {
              assertThat(binding.getSubjects()).containsExactly(rekey);
              assertThat(binding.getRoleRef().kind()).isEqualTo("Role");
              assertThat(binding.getRoleRef().apiGroup()).isEqualTo("rbac.authorization.k8s.io");
            });
    assertThat(rendered.pod().getServiceAccountName()).isEqualTo(rekey.name());
  }

  @Test
  void releasesOfOtherNamespacesHaveRolesOfOtherNames() {
    String longest = "n".repeat(63);
    Path name = values("fullnameOverride", "r".repeat(52));

    assertThat(roleNames(Chart.renderIn("credentials", DELIVERY)))
        .containsOnly("blue-rekey.credentials");
    assertThat(roleNames(Chart.renderIn("staging", DELIVERY))).containsOnly("blue-rekey.staging");
    assertThat(
            Stream.of(longest, longest.replaceFirst("n", "m"))
                .map(namespace -> roleNames(Chart.renderIn(namespace, DELIVERY, name))))
        .doesNotHaveDuplicates()
        .allSatisfy(names -> assertThat(names.getFirst()).matches("r{52}\\.[0-9a-f]{8}"));
  }

  private static List<String> roleNames(Rendered rendered) {
    return Stream.concat(
            rendered.all(Role.class).stream().map(role -> role.getMetadata().getName()),
            rendered.all(RoleBinding.class).stream().map(binding -> binding.getRoleRef().name()))
        .toList();
  }

  @Test
  void onlyRekeysContainerMountsATokenOfTheServiceAccount() {
    Rendered rendered = Chart.render(DELIVERY);

    assertThat(containers(rendered))
        .filteredOn(container -> mounts(container, tokenVolume(rendered).getName()))
        .containsExactly(rendered.service());
    assertThat(rendered.service().getVolumeMounts())
        .filteredOn(mount -> mount.getMountPath().equals(DIRECTORY))
        .singleElement()
        .satisfies(mount -> assertThat(mount.getReadOnly()).isTrue());
    assertThat(rendered.pod().getAutomountServiceAccountToken()).isFalse();
    assertThat(rendered.one(ServiceAccount.class).getAutomountServiceAccountToken()).isFalse();
    assertThat(rendered.one(Pod.class).getSpec().getVolumes()).isEmpty();
  }

  @Test
  void theTokenExpiresAndRekeysGroupCanReadIt() {
    ProjectedVolumeSource source = tokenVolume(Chart.render(DELIVERY)).getProjected();
    VolumeProjection token = source.getSources().getFirst();

    assertThat(source.getDefaultMode()).isEqualTo(0440);
    assertThat(token.getServiceAccountToken().getPath()).isEqualTo("token");
    assertThat(token.getServiceAccountToken().getAudience()).isNull();
    // API servers extend a token of 3607 s to a year.
    assertThat(token.getServiceAccountToken().getExpirationSeconds()).isEqualTo(3600);
    assertThat(source.getSources().get(1).getConfigMap().getName()).isEqualTo("kube-root-ca.crt");
    assertThat(source.getSources().get(1).getConfigMap().getItems().getFirst().getPath())
        .isEqualTo("ca.crt");
    assertThat(source.getSources().get(2).getDownwardAPI().getItems().getFirst().getPath())
        .isEqualTo("namespace");
  }

  @Test
  void theTargetsAreSettingsOfRekey() {
    var target = target("okta", "okta-connector", "deployment/okta-connector");
    target.put("keys", Map.of("clientId", "OKTA_ID"));
    var settings = Settings.of(rendered(target));
    String first = "rekey.delivery.targets[0].";

    assertThat(settings.seconds("rekey.delivery.hold-for")).isEqualTo(900);
    assertThat(settings.get(first + "name")).isEqualTo("okta");
    assertThat(settings.get(first + "subject")).isEqualTo("apps/crm/connectors/okta");
    assertThat(settings.get(first + "namespace")).isEqualTo("identity");
    assertThat(settings.get(first + "secret")).isEqualTo("okta-connector");
    assertThat(settings.get(first + "preset")).isEqualTo("baton");
    assertThat(settings.get(first + "keys.client-id")).isEqualTo("OKTA_ID");
    assertThat(settings.get(first + "keys.client-secret")).isNull();
    assertThat(settings.all(first + "restart")).containsExactly("deployment/okta-connector");
    assertThat(Settings.of(Chart.render(DELIVERY)).get("rekey.delivery.targets[1].preset"))
        .isEqualTo("generic");
  }

  @Test
  void thePolicyAllowsTheNamedAddressesOfTheApiServer() {
    Path more = values("networkPolicy", Map.of("ports", Map.of("kubernetes", List.of(16443))));

    assertThat(toTheApiServer(Chart.render(DELIVERY, more)))
        .singleElement()
        .satisfies(
            rule -> {
              assertThat(rule.getTo())
                  .extracting(peer -> peer.getIpBlock().getCidr())
                  .containsExactly("10.20.0.10/32", "10.20.0.11/32");
              assertThat(rule.getPorts())
                  .extracting(port -> port.getPort().getIntVal())
                  .containsExactly(443, 6443, 16443);
            });
    assertThat(toTheApiServer(rendered(target("okta", "okta-connector"))))
        .singleElement()
        .satisfies(rule -> assertThat(rule.getTo()).isEmpty());
  }

  @Test
  void withoutTargetsNothingIsRendered() {
    Rendered rendered = Chart.render(Chart.MINIMAL);

    assertThat(RenderedRoles.of(rendered)).isEmpty();
    assertThat(rendered.all(Role.class)).isEmpty();
    assertThat(rendered.all(RoleBinding.class)).isEmpty();
    assertThat(tokenVolumes(rendered)).isEmpty();
    assertThat(rendered.service().getVolumeMounts())
        .noneMatch(mount -> mount.getMountPath().equals(DIRECTORY));
    assertThat(toTheApiServer(rendered)).isEmpty();
    assertThat(Settings.of(rendered).names()).noneMatch(name -> name.contains("delivery"));
    assertThat(Chart.notes(Chart.MINIMAL)).doesNotContain("rekey.dev/subject");
  }

  @Test
  void rolesCanBeLeftToOthers() {
    Path others = values("delivery", Map.of("rbac", Map.of("create", false)));
    Rendered rendered = Chart.render(DELIVERY, others);

    assertThat(rendered.all(Role.class)).isEmpty();
    assertThat(rendered.all(RoleBinding.class)).isEmpty();
    assertThat(tokenVolumes(rendered)).hasSize(1);
    assertThat(Chart.notes(DELIVERY, others)).contains("the service account blue-rekey of");
  }

  @Test
  void theNotesNameTheAnnotationOfEachSecret() {
    assertThat(Chart.notes(DELIVERY))
        .contains(
            "kubectl -n identity annotate secret okta-connector"
                + " rekey.dev/subject=apps/crm/connectors/okta\n",
            "kubectl -n payments annotate secret checkout-keycard"
                + " rekey.dev/subject=organizations/acme/service-accounts/checkout\n")
        .doesNotContain("delivery.rbac.create");
  }

  @Test
  void anotherServiceAccountGetsTheRoles() {
    Path account = values("serviceAccount", Map.of("create", false, "name", "platform-rekey"));

    assertThat(Chart.render(DELIVERY, account).all(RoleBinding.class))
        .flatExtracting(RoleBinding::getSubjects)
        .containsOnly(new Account("ServiceAccount", "platform-rekey", Chart.NAMESPACE));
  }

  private static Volume tokenVolume(Rendered rendered) {
    return tokenVolumes(rendered).getFirst();
  }

  private static List<Volume> tokenVolumes(Rendered rendered) {
    return rendered.pod().getVolumes().stream()
        .filter(volume -> volume.getProjected() != null)
        .filter(
            volume ->
                volume.getProjected().getSources().stream()
                    .anyMatch(source -> source.getServiceAccountToken() != null))
        .toList();
  }

  private static List<Container> containers(Rendered rendered) {
    return Stream.concat(
            rendered.pod().getInitContainers().stream(), rendered.pod().getContainers().stream())
        .toList();
  }

  private static boolean mounts(Container container, String volume) {
    return container.getVolumeMounts().stream().anyMatch(mount -> mount.getName().equals(volume));
  }

  private static List<NetworkPolicyEgressRule> toTheApiServer(Rendered rendered) {
    return rendered.one(NetworkPolicy.class).getSpec().getEgress().stream()
        .filter(
            rule -> rule.getPorts().stream().anyMatch(port -> port.getPort().getIntVal() == 6443))
        .toList();
  }

  private static Map<String, Object> target(String name, String secret, String... restart) {
    var target = new LinkedHashMap<String, Object>();
    target.put("name", name);
    target.put("subject", "apps/crm/connectors/" + name);
    target.put("namespace", "identity");
    target.put("secret", secret);
    target.put("restart", List.of(restart));
    return target;
  }

  private Rendered rendered(Map<?, ?>... targets) {
    return Chart.render(
        Chart.MINIMAL, values("delivery", Map.of("targets", List.of((Object[]) targets))));
  }

  private Path values(String name, Object value) {
    Path file = scratch.resolve(name + ".yaml");
    Chart.write(file, Map.of(name, value));
    return file;
  }
}
