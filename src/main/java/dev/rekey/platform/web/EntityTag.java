package dev.rekey.platform.web;

import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A strong entity tag. It names a body and the version of the data that the body was made from. So
 * a body can have several tags, and two bodies never have the same.
 *
 * @param body a hash of the body
 * @param version a hash of the version; empty if it is not known
 */
record EntityTag(String body, String version) {

  /** The end of the tag of a compressed body, which is another sequence of bytes. */
  static final String GZIP = "-gzip";

  private static final Pattern OPAQUE = Pattern.compile("\"([^\".]*)\\.([^\".]*)\"");

  /** Reads the tags that Rekey may have made from the values of {@code If-None-Match}. */
  static List<EntityTag> parse(@Nullable Enumeration<String> values) {
    return values == null
        ? List.of()
        : Collections.list(values).stream()
            .flatMap(value -> OPAQUE.matcher(value).results())
            .map(tag -> new EntityTag(tag.group(1), tag.group(2)))
            .toList();
  }

  boolean isOfBody(String hash) {
    return body.equals(hash);
  }

  boolean isOfVersion(String hash) {
    return version.equals(hash) || version.equals(hash + GZIP);
  }

  /** The value of the {@code ETag} header. */
  @Override
  public String toString() {
    return "\"" + body + "." + version + "\"";
  }

  /** The tag, as it is in the header, of the same body compressed. */
  static String compressed(String tag) {
    return tag.substring(0, tag.length() - 1) + GZIP + "\"";
  }
}
