package dev.rekey.delivery.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A workload that is restarted, such as {@code deployment/okta-connector}. */
record Workload(Kind kind, String name) {

  /** Name of a kind, then a DNS subdomain (RFC 1123). */
  private static final Pattern FORM =
      Pattern.compile("([a-z]+)/([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)");

  /** The kinds that restart by a change of their pods' template. */
  enum Kind {
    DEPLOYMENT(Deployment.class),
    STATEFULSET(StatefulSet.class),
    DAEMONSET(DaemonSet.class);

    private final Class<? extends HasMetadata> type;

    Kind(Class<? extends HasMetadata> type) {
      this.type = type;
    }

    Class<? extends HasMetadata> type() {
      return type;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The workload of a text; empty if the text has another form. */
  static Optional<Workload> of(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches()
        ? Arrays.stream(Kind.values())
            .filter(kind -> kind.toString().equals(matcher.group(1)))
            .findFirst()
            .map(kind -> new Workload(kind, matcher.group(2)))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return kind + "/" + name;
  }
}
