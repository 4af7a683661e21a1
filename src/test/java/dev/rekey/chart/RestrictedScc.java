package dev.rekey.chart;

import io.fabric8.kubernetes.api.model.Capabilities;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SELinuxOptions;
import io.fabric8.kubernetes.api.model.SeccompProfile;
import io.fabric8.kubernetes.api.model.SecurityContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The admission of pods by OpenShift's {@code restricted-v2}, which applies to everybody without
 * more rights. OpenShift assigns the user, the group of volumes and the SELinux level of the
 * namespace to a pod that names none, and rejects others. It would add a missing {@code drop:
 * [ALL]} and {@code allowPrivilegeEscalation: false}; the pod security standard of the namespace
 * does not.
 *
 * @param firstUser the first of the namespace's users, and its group of volumes
 * @param users the number of the namespace's users
 * @param level the namespace's SELinux level
 */
record RestrictedScc(long firstUser, long users, String level) {

  private static final Set<String> VOLUMES =
      Set.of(
          "configMap",
          "csi",
          "downwardAPI",
          "emptyDir",
          "ephemeral",
          "image",
          "persistentVolumeClaim",
          "projected",
          "secret");

  /** Returns why the pod is rejected; empty if it is admitted. */
  List<String> violations(PodSpec pod) {
    var found = new ArrayList<String>();
    ofHost(pod, found);
    PodSecurityContext context = pod.getSecurityContext();
    if (context != null) {
      user("the pod", context.getRunAsUser(), found);
      profile("the pod", context.getSeccompProfile(), found);
      level("the pod", context.getSeLinuxOptions(), found);
      if (context.getFsGroup() != null && context.getFsGroup() != firstUser) {
        found.add("the pod: fsGroup " + context.getFsGroup());
      }
    }
    volumeTypes(pod).stream()
        .filter(type -> !VOLUMES.contains(type))
        .forEach(type -> found.add("the pod: a volume of type " + type));
    Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream())
        .forEach(container -> of(container, found));
    return found;
  }

  private static void ofHost(PodSpec pod, List<String> found) {
    if (Stream.of(pod.getHostNetwork(), pod.getHostPID(), pod.getHostIPC())
        .anyMatch(Boolean.TRUE::equals)) {
      found.add("the pod: a namespace of the host");
    }
  }

  private void of(Container container, List<String> found) {
    String name = container.getName();
    SecurityContext context = container.getSecurityContext();
    if (context == null) {
      found.add(name + ": no securityContext");
      return;
    }
    user(name, context.getRunAsUser(), found);
    profile(name, context.getSeccompProfile(), found);
    level(name, context.getSeLinuxOptions(), found);
    capabilities(name, context.getCapabilities(), found);
    if (Boolean.TRUE.equals(context.getPrivileged())) {
      found.add(name + ": privileged");
    }
    if (!Boolean.FALSE.equals(context.getAllowPrivilegeEscalation())) {
      found.add(name + ": allowPrivilegeEscalation");
    }
    if (container.getPorts().stream().anyMatch(port -> port.getHostPort() != null)) {
      found.add(name + ": hostPort");
    }
  }

  private void user(String name, Long user, List<String> found) {
    if (user != null && (user < firstUser || user >= firstUser + users)) {
      found.add(name + ": runAsUser " + user);
    }
  }

  private static void profile(String name, SeccompProfile profile, List<String> found) {
    if (profile != null && !profile.getType().equals("RuntimeDefault")) {
      found.add(name + ": seccompProfile " + profile.getType());
    }
  }

  private void level(String name, SELinuxOptions options, List<String> found) {
    if (options != null && !options.equals(new SELinuxOptions(level, null, null, null))) {
      found.add(name + ": seLinuxOptions");
    }
  }

  private static void capabilities(String name, Capabilities capabilities, List<String> found) {
    if (capabilities == null || !capabilities.getDrop().contains("ALL")) {
      found.add(name + ": does not drop ALL");
    }
    if (capabilities != null && !List.of("NET_BIND_SERVICE").containsAll(capabilities.getAdd())) {
      found.add(name + ": adds " + capabilities.getAdd());
    }
  }

  private static Set<String> volumeTypes(PodSpec pod) {
    var types = new TreeSet<String>();
    pod.getVolumes().forEach(volume -> types.addAll(Rendered.fields(volume)));
    types.remove("name");
    return types;
  }
}
