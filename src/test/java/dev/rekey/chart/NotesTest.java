package dev.rekey.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person who has installed it is warned of, and not warned of in vain. */
class NotesTest {

  private static final Path LISTENER_TLS = Chart.DIRECTORY.resolve("ci/listener-tls-values.yaml");
  private static final Path INGRESS_TLS = Chart.DIRECTORY.resolve("ci/ingress-tls-values.yaml");
  private static final Map<String, Object> ONLY_PODS_OF_THE_NAMESPACE =
      Map.of("callers", List.of(Map.of("podSelector", Map.of())));

  @TempDir private Path scratch;

  @Test
  void whereNobodyFromOutsideIsLetInTheNotesSayIt() {
    Path closed = values("networkPolicy", ONLY_PODS_OF_THE_NAMESPACE);

    assertThat(Chart.notes(LISTENER_TLS, closed))
        .contains("lets in pods of this namespace only, and nobody from outside of the cluster");
    assertThat(Chart.notes(INGRESS_TLS, closed)).contains("If the ingress controller is in an");
    assertThat(List.of(LISTENER_TLS, INGRESS_TLS, Chart.MINIMAL))
        .map(Chart::notes)
        .allSatisfy(notes -> assertThat(notes).doesNotContain("pods of this namespace only"));
  }

  @Test
  void whereToFindTheAddressOfALoadBalancerIsSaid() {
    assertThat(Chart.notes(LISTENER_TLS))
        .contains(
            "https://blue-rekey.credentials.svc:443",
            "kubectl -n credentials get service blue-rekey\n");
    assertThat(Chart.notes(Chart.MINIMAL)).doesNotContain("get service");
  }

  @Test
  void aControllerThatWouldSpeakPlainHttpToTheListenersTlsIsWarnedOf() {
    Path tls = values("listener", Map.of("tls", Map.of("existingSecret", "rekey-certificate")));
    String annotation = "nginx.ingress.kubernetes.io/backend-protocol";
    Path told = values("ingress", Map.of("annotations", Map.of(annotation, "HTTPS")));

    assertThat(Chart.notes(INGRESS_TLS, tls)).contains(annotation + ": HTTPS");
    assertThat(Chart.notes(INGRESS_TLS, tls, told)).doesNotContain(annotation);
    assertThat(Chart.notes(INGRESS_TLS)).doesNotContain(annotation);
  }

  private Path values(String name, Object value) {
    Path file = scratch.resolve(name + ".yaml");
    Chart.write(file, Map.of(name, value));
    return file;
  }
}
