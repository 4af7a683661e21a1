package dev.rekey.notification;

import dev.rekey.audit.AuditType;
import dev.rekey.notification.NotificationProperties.Receiver;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.upstream.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The receivers of webhooks. Fails, naming the setting and never its value, if one is configured
 * that must not be sent to.
 */
final class Targets {

  /** The types of events that receivers can be told of. */
  static final Set<AuditType> NOTIFIED =
      Collections.unmodifiableSet(
          EnumSet.of(
              AuditType.CREDENTIAL_EXPIRING,
              AuditType.CREDENTIAL_EXPIRED,
              AuditType.CREDENTIAL_MISSING,
              AuditType.CREDENTIAL_DISCOVERED,
              AuditType.CREDENTIAL_UNMANAGED_MINT,
              AuditType.ROTATION_UNKNOWN,
              AuditType.UPDATE_UNKNOWN,
              AuditType.DELETE_UNKNOWN,
              AuditType.REVOKE_UNKNOWN,
              AuditType.OLD_CREDENTIAL_STILL_USED));

  /** What a target may be called. */
  static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  private static final int LEAST_SECRET_BYTES = 24;
  private static final String BASE64_SECRET = "whsec_";
  private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

  private final List<Target> all;

  private Targets(List<Target> all) {
    this.all = all;
  }

  static Targets of(List<Receiver> configured) {
    var names = new HashSet<String>();
    var targets = new ArrayList<Target>();
    for (int i = 0; i < configured.size(); i++) {
      String setting = "rekey.notifications.targets[" + i + "]";
      Target target = target(setting, configured.get(i));
      if (!names.add(target.name())) {
        throw refused(setting + ".name", "is the name of another target, too");
      }
      targets.add(target);
    }
    return new Targets(List.copyOf(targets));
  }

  /**
   * Signs with what is configured now, from the next webhook on. Whatever else is different there
   * waits for the next start.
   */
  void takeKeys(List<Receiver> configured) {
    for (Target changed : of(configured).all) {
      all.stream()
          .filter(target -> target.name().equals(changed.name()))
          .forEach(target -> target.keys().become(changed.keys()));
    }
  }

  List<Target> all() {
    return all;
  }

  List<Target> wanting(AuditType type) {
    return all.stream().filter(target -> target.wants(type)).toList();
  }

  boolean has(String name) {
    return all.stream().anyMatch(target -> target.name().equals(name));
  }

  private static Target target(String setting, Receiver configured) {
    return new Target(
        name(setting + ".name", configured.name()),
        url(setting + ".url", configured.url()),
        keys(setting + ".secrets", configured.secrets()),
        types(setting + ".types", configured.types()),
        configured.timeout());
  }

  private static String name(String setting, @Nullable String name) {
    if (name == null || !NAME.matcher(name).matches()) {
      throw refused(
          setting,
          "has to be 1 to 63 small letters, digits and hyphens, and to begin with no hyphen");
    }
    return name;
  }

  private static URI url(String setting, @Nullable Secret configured) {
    URI url = configured == null ? null : parsed(configured.reveal());
    if (url == null || !isSafe(url)) {
      throw refused(
          setting,
          "has to be an https URL without user info and fragment; http is for this machine itself:"
              + " localhost, 127.0.0.1, [::1]");
    }
    return url;
  }

  // What this throws would have the whole text in its message.
  private static @Nullable URI parsed(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      return null;
    }
  }

  private static boolean isSafe(URI url) {
    String host = url.getHost();
    return host != null
        && url.getRawUserInfo() == null
        && url.getRawFragment() == null
        && ("https".equals(url.getScheme())
            || ("http".equals(url.getScheme()) && LOOPBACK.matcher(host).matches()));
  }

  private static SigningKeys keys(String setting, List<Secret> secrets) {
    if (secrets.isEmpty()) {
      throw refused(setting, "has to have at least one secret, by which the receiver knows Rekey");
    }
    var keys = new ArrayList<byte[]>();
    for (int i = 0; i < secrets.size(); i++) {
      keys.add(key(setting + "[" + i + "]", secrets.get(i).reveal()));
    }
    return new SigningKeys(keys);
  }

  private static byte[] key(String setting, String secret) {
    try {
      byte[] key =
          secret.startsWith(BASE64_SECRET)
              ? Base64.getDecoder().decode(secret.substring(BASE64_SECRET.length()))
              : secret.getBytes(StandardCharsets.UTF_8);
      if (key.length >= LEAST_SECRET_BYTES && !secret.isBlank()) {
        return key;
      }
    } catch (IllegalArgumentException e) {
      // Says nothing that the refusal does not, and may quote the secret.
    }
    throw refused(
        setting,
        "has to be at least 24 bytes and not blank, as they are or as whsec_ and their base64 form");
  }

  private static Set<AuditType> types(String setting, List<String> configured) {
    if (configured.isEmpty()) {
      return NOTIFIED;
    }
    var types = EnumSet.noneOf(AuditType.class);
    for (int i = 0; i < configured.size(); i++) {
      String text = configured.get(i);
      String one = setting + "[" + i + "]";
      types.add(
          AuditType.of(text)
              .filter(NOTIFIED::contains)
              .orElseThrow(() -> refused(one, "has to be one of " + list())));
    }
    return Collections.unmodifiableSet(types);
  }

  private static String list() {
    return NOTIFIED.stream().map(AuditType::text).collect(Collectors.joining(", "));
  }

  private static PropertyException refused(String setting, String expectation) {
    return new PropertyException(setting, expectation + " (docs/notifications.md)");
  }
}
