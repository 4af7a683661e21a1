package dev.rekey.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Warnings in the notes appear when they apply, and only then. */
class NotesTest {

  private static final Path LISTENER_TLS = Chart.DIRECTORY.resolve("ci/listener-tls-values.yaml");
  private static final Path INGRESS_TLS = Chart.DIRECTORY.resolve("ci/ingress-tls-values.yaml");
  private static final Path GATEWAY_API = Chart.DIRECTORY.resolve("ci/gateway-api-values.yaml");
  private static final Map<String, Object> ONLY_PODS_OF_THE_NAMESPACE =
      Map.of("callers", List.of(Map.of("podSelector", Map.of())));

  @TempDir private Path scratch;

  @Test
  void warnsIfTheNetworkPolicyBlocksCallersFromOutside() {
    Path closed = values("networkPolicy", ONLY_PODS_OF_THE_NAMESPACE);

    assertThat(Chart.notes(LISTENER_TLS, closed))
        .contains("admits only pods of this namespace, and no callers from outside the cluster");
    assertThat(List.of(INGRESS_TLS, GATEWAY_API))
        .map(values -> Chart.notes(values, closed))
        .allSatisfy(
            notes -> assertThat(notes).contains("If the ingress controller or the Gateway"));
    assertThat(List.of(LISTENER_TLS, INGRESS_TLS, GATEWAY_API, Chart.MINIMAL))
        .map(Chart::notes)
        .allSatisfy(notes -> assertThat(notes).doesNotContain("only pods of this namespace"));
  }

  @Test
  void saysThatTheListenerOfAGatewayHasToTerminateTls() {
    Path anyHost = values("httpRoute", Map.of("hostnames", List.of()));

    assertThat(Chart.notes(GATEWAY_API))
        .contains("https://rekey.example.com", "has to terminate TLS")
        .doesNotContain("This release does not terminate TLS");
    assertThat(Chart.notes(GATEWAY_API, anyHost)).contains("the hosts of the Gateway's listener");
    assertThat(Chart.notes(INGRESS_TLS)).doesNotContain("has to terminate TLS");
  }

  @Test
  void saysHowToFindTheAddressOfALoadBalancer() {
    assertThat(Chart.notes(LISTENER_TLS))
        .contains(
            "https://blue-rekey.credentials.svc:443",
            "kubectl -n credentials get service blue-rekey\n");
    assertThat(Chart.notes(Chart.MINIMAL)).doesNotContain("get service");
  }

  @Test
  void warnsIfTheIngressControllerWouldUsePlainHttp() {
    Path tls = values("listener", Map.of("tls", Map.of("existingSecret", "rekey-certificate")));
    String annotation = "nginx.ingress.kubernetes.io/backend-protocol";
    Path annotated = values("ingress", Map.of("annotations", Map.of(annotation, "HTTPS")));

    assertThat(Chart.notes(INGRESS_TLS, tls)).contains(annotation + ": HTTPS");
    assertThat(Chart.notes(INGRESS_TLS, tls, annotated)).doesNotContain(annotation);
    assertThat(Chart.notes(INGRESS_TLS)).doesNotContain(annotation);
  }

  private Path values(String name, Object value) {
    Path file = scratch.resolve(name + ".yaml");
    Chart.write(file, Map.of(name, value));
    return file;
  }
}
