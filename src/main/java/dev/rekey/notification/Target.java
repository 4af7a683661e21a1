package dev.rekey.notification;

import dev.rekey.audit.AuditType;
import dev.rekey.notification.NotificationProperties.TargetProperties;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.platform.settings.PropertyFaults;
import dev.rekey.platform.settings.SecureUrl;
import dev.rekey.upstream.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A configured receiver of webhooks. The URL is never printed, because it may contain a token. The
 * timeout is for one delivery in total.
 */
record Target(String name, URI url, SigningKeys keys, Set<AuditType> types, Duration timeout) {

  /** The event types that can be sent. */
  static final Set<AuditType> ALL_TYPES =
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
              AuditType.OLD_CREDENTIAL_STILL_USED,
              AuditType.DELIVERY_LOST,
              AuditType.DELIVERY_PARKED,
              AuditType.AUTOMATION_HALTED,
              AuditType.FINDING_OPENED));

  private static final String ALL_TYPE_NAMES =
      ALL_TYPES.stream().map(AuditType::text).collect(Collectors.joining(", "));

  static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  private static final int MIN_SECRET_BYTES = 24;
  private static final String BASE64_SECRET = "whsec_";

  /**
   * Reads the properties with this prefix. Throws a {@link PropertyException} that names all
   * invalid ones, and never their values.
   */
  static Target read(String property, TargetProperties configured) {
    var faults = new PropertyFaults();
    faults.check(() -> name(property + ".name", configured.name()));
    faults.check(() -> url(property + ".url", configured.url()));
    faults.check(() -> keys(property + ".secrets", configured.secrets()));
    faults.check(() -> types(property + ".types", configured.types()));
    faults.refuse();
    return new Target(
        name(property + ".name", configured.name()),
        url(property + ".url", configured.url()),
        keys(property + ".secrets", configured.secrets()),
        types(property + ".types", configured.types()),
        configured.timeout());
  }

  private static String name(String property, @Nullable String name) {
    if (name == null || !NAME.matcher(name).matches()) {
      throw invalid(
          property,
          "has to have 1 to 63 lower-case letters, digits and hyphens, and no hyphen at the start");
    }
    return name;
  }

  private static URI url(String property, @Nullable Secret configured) {
    URI url = configured == null ? null : SecureUrl.httpsOrLocal(configured.reveal());
    if (url == null || url.getRawUserInfo() != null || url.getRawFragment() != null) {
      throw invalid(
          property,
          "has to be an https URL without user info and fragment; http is allowed for this machine"
              + " only: localhost, 127.0.0.1, [::1]");
    }
    return url;
  }

  private static SigningKeys keys(String property, List<Secret> secrets) {
    if (secrets.isEmpty()) {
      throw invalid(property, "has to have at least one secret, which signs the webhooks");
    }
    return new SigningKeys(
        IntStream.range(0, secrets.size())
            .mapToObj(i -> key(property + "[" + i + "]", secrets.get(i).reveal()))
            .toList());
  }

  private static byte[] key(String property, String secret) {
    try {
      byte[] key =
          secret.startsWith(BASE64_SECRET)
              ? Base64.getDecoder().decode(secret.substring(BASE64_SECRET.length()))
              : secret.getBytes(StandardCharsets.UTF_8);
      if (key.length >= MIN_SECRET_BYTES && !secret.isBlank()) {
        return key;
      }
    } catch (IllegalArgumentException e) {
      // Dropped, because its message may quote the secret.
    }
    throw invalid(
        property,
        "has to have at least 24 bytes and not be blank, as plain text or as whsec_ and base64");
  }

  private static Set<AuditType> types(String property, List<String> configured) {
    if (configured.isEmpty()) {
      return ALL_TYPES;
    }
    var types = EnumSet.noneOf(AuditType.class);
    for (int i = 0; i < configured.size(); i++) {
      String text = configured.get(i);
      String item = property + "[" + i + "]";
      types.add(
          AuditType.of(text)
              .filter(ALL_TYPES::contains)
              .orElseThrow(() -> invalid(item, "has to be one of " + ALL_TYPE_NAMES)));
    }
    return Collections.unmodifiableSet(types);
  }

  static PropertyException invalid(String property, String expectation) {
    return new PropertyException(property, expectation + " (docs/notifications.md)");
  }

  @Override
  public String toString() {
    return name;
  }
}
