package dev.rekey.upstream;

import dev.rekey.platform.PathId;

/**
 * The owner of credentials. Its name is as in the upstream's URL (see {@link SubjectForm}), and
 * always two pairs of collection and id; grants rely on it.
 */
public record Subject(UpstreamName upstream, String name) {

  /** The subject with a name at the upstream with a name. */
  public static Subject of(String upstream, String name) {
    return new Subject(new UpstreamName(upstream), name);
  }

  /** The id of the app or organization. */
  public PathId parent() {
    return PathId.of(name.split("/", -1)[1]);
  }

  /** The id of the connector or service account. */
  public PathId id() {
    return PathId.of(name.split("/", -1)[3]);
  }

  @Override
  public String toString() {
    return name;
  }
}
