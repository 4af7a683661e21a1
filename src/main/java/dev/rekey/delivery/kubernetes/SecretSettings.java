package dev.rekey.delivery.kubernetes;

import dev.rekey.delivery.DeliveryProperties;
import dev.rekey.delivery.DeliveryProperties.Keys;
import dev.rekey.delivery.DeliveryProperties.Target;
import dev.rekey.platform.settings.PropertyFaults;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Secret, two of its keys, and the workloads that read it.
 *
 * @param subject the name of the subject, which the Secret has to name, too
 */
record SecretSettings(
    String name,
    String subject,
    String namespace,
    String secret,
    String clientIdKey,
    String clientSecretKey,
    List<Workload> restart) {

  /** A DNS subdomain (RFC 1123), as the name of a Secret is one. */
  private static final Pattern SUBDOMAIN = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");

  /** A key of a Secret, as the API server allows it. */
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._-]{1,253}");

  /** Names of the two keys, as well-known consumers read them. */
  private enum Preset {
    /** ConductorOne's connectors read these variables (docs/delivery.md). */
    BATON("BATON_CLIENT_ID", "BATON_CLIENT_SECRET"),
    GENERIC("CLIENT_ID", "CLIENT_SECRET");

    private final String clientId;
    private final String clientSecret;

    Preset(String clientId, String clientSecret) {
      this.clientId = clientId;
      this.clientSecret = clientSecret;
    }
  }

  /** Throws a {@link dev.rekey.platform.settings.PropertyException} for invalid settings. */
  static SecretSettings of(int number, Target target) {
    var faults = new PropertyFaults();
    var workloads = new ArrayList<Workload>();
    String secret = property(number, "secret");
    faults.check(
        () -> DeliveryProperties.requireLabel(property(number, "namespace"), target.namespace()));
    faults.check(
        () -> require(secret, target.secret(), SUBDOMAIN, "has to be the name of a Secret"));
    faults.check(() -> preset(number, target));
    faults.check(() -> requireKeys(number, target));
    for (int i = 0; i < target.restart().size(); i++) {
      String text = target.restart().get(i);
      String property = property(number, "restart[" + i + "]");
      faults.check(
          () ->
              workloads.add(
                  Workload.of(text)
                      .orElseThrow(
                          () ->
                              DeliveryProperties.invalid(
                                  property,
                                  "has to be deployment/NAME, statefulset/NAME or"
                                      + " daemonset/NAME"))));
    }
    faults.refuse();
    return new SecretSettings(
        String.valueOf(target.name()),
        String.valueOf(target.subject()),
        String.valueOf(target.namespace()),
        String.valueOf(target.secret()),
        clientIdKey(number, target),
        clientSecretKey(number, target),
        List.copyOf(workloads));
  }

  private static void requireKeys(int number, Target target) {
    Keys keys = target.keys();
    String clientId = property(number, "keys.client-id");
    String clientSecret = property(number, "keys.client-secret");
    String form = "has to have 1 to 253 letters, digits, hyphens, underscores and dots";
    if (keys.clientId() != null) {
      require(clientId, keys.clientId(), KEY, form);
    }
    if (keys.clientSecret() != null) {
      require(clientSecret, keys.clientSecret(), KEY, form);
    }
    if (clientIdKey(number, target).equals(clientSecretKey(number, target))) {
      throw DeliveryProperties.invalid(clientSecret, "has to differ from the other key");
    }
  }

  private static String clientIdKey(int number, Target target) {
    String key = target.keys().clientId();
    return key == null ? preset(number, target).clientId : key;
  }

  private static String clientSecretKey(int number, Target target) {
    String key = target.keys().clientSecret();
    return key == null ? preset(number, target).clientSecret : key;
  }

  private static Preset preset(int number, Target target) {
    return switch (target.preset()) {
      case "baton" -> Preset.BATON;
      case "generic" -> Preset.GENERIC;
      default ->
          throw DeliveryProperties.invalid(
              property(number, "preset"), "has to be baton or generic");
    };
  }

  private static void require(
      String property, @Nullable String value, Pattern form, String expectation) {
    if (value == null || !form.matcher(value).matches()) {
      throw DeliveryProperties.invalid(property, expectation);
    }
  }

  private static String property(int number, String name) {
    return DeliveryProperties.property(number, name);
  }

  /** Such as {@code kubernetes/identity/okta-connector}. */
  String place() {
    return KubernetesTargets.KIND + "/" + namespace + "/" + secret;
  }
}
