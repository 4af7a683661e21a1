package dev.rekey.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The network policy allows what Rekey's configuration needs, and nothing else. */
@ParameterizedClass
@MethodSource("withPolicy")
class NetworkPolicyTest {

  private static final Pattern JDBC = Pattern.compile("jdbc:postgresql://([^/]+)/.*");

  @Parameter Scenario scenario;

  private NetworkPolicy policy;

  static List<Scenario> withPolicy() {
    return Scenario.all().stream()
        .filter(scenario -> !scenario.rendered().all(NetworkPolicy.class).isEmpty())
        .toList();
  }

  @BeforeEach
  void findPolicy() {
    policy = scenario.rendered().one(NetworkPolicy.class);
  }

  @Test
  void appliesToRekeysPodsInBothDirections() {
    assertThat(policy.getSpec().getPodSelector())
        .isEqualTo(scenario.rendered().deployment().getSpec().getSelector());
    assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress", "Egress");
  }

  @Test
  void admitsCallersToTheListenerPrometheusToMetricsAndTheTestToBoth() {
    assertThat(policy.getSpec().getIngress())
        .extracting(rule -> ports(rule.getPorts()))
        .containsExactly(Set.of("TCP 8080"), Set.of("TCP 8081"), Set.of("TCP 8080", "TCP 8081"));
    assertThat(policy.getSpec().getIngress())
        .allSatisfy(rule -> assertThat(rule.getFrom()).isNotEmpty());
    assertThat(policy.getSpec().getIngress().getLast().getFrom())
        .singleElement()
        .satisfies(
            test ->
                assertThat(scenario.rendered().one(Pod.class).getMetadata().getLabels())
                    .containsAllEntriesOf(test.getPodSelector().getMatchLabels()));
  }

  @Test
  void allowsThePortsOfEverythingConfigured() {
    var settings = Settings.of(scenario.rendered());
    var expected = new TreeSet<>(Set.of("UDP 53", "TCP 53"));
    expected.addAll(databasePorts(settings.get("spring.datasource.url")));
    Stream.of(
            "spring.security.oauth2.resourceserver.jwt.issuer-uri",
            "rekey.access.issuers[0].jwk-set-uri",
            "rekey.access.issuers[1].issuer-uri",
            "rekey.upstreams.conductorone.api-url",
            "rekey.upstreams.conductorone.token-url",
            "rekey.upstreams.keycard.api-url",
            "rekey.upstreams.keycard.token-url",
            "management.opentelemetry.tracing.export.otlp.endpoint")
        .map(settings::get)
        .filter(url -> url != null)
        .map(NetworkPolicyTest::port)
        .forEach(expected::add);
    if (settings.names().contains("rekey.delivery.targets[0].name")) {
      expected.addAll(Set.of("TCP 443", "TCP 6443"));
    }
    expected.addAll(extraPorts("dns", "UDP"));
    Stream.of("dns", "database", "issuer", "upstreams", "tracing", "webhooks", "kubernetes")
        .forEach(peer -> expected.addAll(extraPorts(peer, "TCP")));
    of(values(), "extraEgress").stream()
        .map(yaml -> Rendered.strictly(yaml, NetworkPolicyEgressRule.class))
        .forEach(rule -> expected.addAll(ports(rule.getPorts())));

    assertThat(policy.getSpec().getEgress())
        .flatExtracting(rule -> ports(rule.getPorts()))
        .containsOnly(expected.toArray(String[]::new));
  }

  @Test
  void theInternetExcludesPrivateAddressesAndNodeMetadata() {
    assertThat(policy.getSpec().getEgress().stream().flatMap(rule -> rule.getTo().stream()))
        .filteredOn(peer -> peer.getIpBlock() != null)
        .extracting(NetworkPolicyPeer::getIpBlock)
        .filteredOn(block -> block.getCidr().equals("0.0.0.0/0"))
        .hasSize(
            (int) Stream.of("issuer", "upstreams").filter(peer -> named(peer).isEmpty()).count())
        .allSatisfy(
            block ->
                assertThat(block.getExcept())
                    .contains("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"));
  }

  @Test
  void allowsOnlyTheNamedPeersOfDatabaseAndReceivers() {
    var databaseAndExtraPorts = new TreeSet<>(databasePorts(setting("spring.datasource.url")));
    databaseAndExtraPorts.addAll(extraPorts("database", "TCP"));

    assertThat(policy.getSpec().getEgress())
        .filteredOn(rule -> ports(rule.getPorts()).equals(databaseAndExtraPorts))
        .singleElement()
        .satisfies(rule -> assertThat(rule.getTo()).isEqualTo(named("database")));
    assertThat(policy.getSpec().getEgress())
        .extracting(NetworkPolicyEgressRule::getTo)
        .filteredOn(peers -> peers.equals(named("webhooks")) && !peers.isEmpty())
        .hasSize(named("webhooks").isEmpty() ? 0 : 1);
  }

  @Test
  void extraPortsAreOpenOnlyForTheirPeers() {
    assertThat(List.of("dns", "database", "issuer", "upstreams"))
        .filteredOn(peer -> !extraPorts(peer, "TCP").isEmpty())
        .allSatisfy(
            peer ->
                assertThat(policy.getSpec().getEgress())
                    .filteredOn(rule -> rule.getTo().equals(named(peer)))
                    .singleElement()
                    .satisfies(
                        rule ->
                            assertThat(ports(rule.getPorts()))
                                .containsAll(extraPorts(peer, "TCP"))
                                .hasSize(peer.equals("dns") ? 4 : 2)));
  }

  private List<NetworkPolicyPeer> named(String peer) {
    return of(values(), peer).stream()
        .map(yaml -> Rendered.strictly(yaml, NetworkPolicyPeer.class))
        .toList();
  }

  /** The ports in networkPolicy.ports. */
  private Set<String> extraPorts(String peer, String protocol) {
    var ports = (Map<?, ?>) values().get("ports");
    return ports == null
        ? Set.of()
        : of(ports, peer).stream().map(port -> protocol + " " + port).collect(Collectors.toSet());
  }

  private Map<?, ?> values() {
    var values = (Map<?, ?>) Chart.yaml(scenario.values()).get("networkPolicy");
    return values == null ? Map.of() : values;
  }

  private static List<?> of(Map<?, ?> values, String name) {
    var list = (List<?>) values.get(name);
    return list == null ? List.of() : list;
  }

  private String setting(String name) {
    return Settings.of(scenario.rendered()).get(name);
  }

  private static Set<String> databasePorts(String url) {
    var hosts = JDBC.matcher(url);
    assertThat(hosts.matches()).isTrue();
    return Arrays.stream(hosts.group(1).split(","))
        .map(host -> "TCP " + (host.contains(":") ? host.substring(host.indexOf(':') + 1) : "5432"))
        .collect(Collectors.toSet());
  }

  private static String port(String url) {
    var uri = URI.create(url);
    return "TCP "
        + (uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equals("http") ? 80 : 443);
  }

  private static Set<String> ports(List<NetworkPolicyPort> ports) {
    return ports.stream()
        .map(port -> port.getProtocol() + " " + port.getPort().getIntVal())
        .collect(Collectors.toSet());
  }
}
