package dev.rekey.delivery.kubernetes;

import dev.rekey.upstream.Secret;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the API server of Kubernetes is called. In a pod, nothing has to be set.
 *
 * @param apiServer its URL; default that of the cluster in which Rekey runs
 * @param caFile the certificates that it is verified by, as PEM. The JVM's own are used if there is
 *     no such file; default that of the pod's service account
 * @param tokenFile the file with the token, which is read for each request; default that of the
 *     pod's service account
 * @param token a token in place of the file; default none
 */
@ConfigurationProperties("rekey.delivery.kubernetes")
record KubernetesProperties(
    @Nullable URI apiServer,
    @DefaultValue(SERVICE_ACCOUNT + "/ca.crt") Path caFile,
    @DefaultValue(SERVICE_ACCOUNT + "/token") Path tokenFile,
    @Nullable Secret token) {

  /** Where Kubernetes mounts the service account of a pod. */
  private static final String SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
}
