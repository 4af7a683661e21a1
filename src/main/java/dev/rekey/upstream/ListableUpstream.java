package dev.rekey.upstream;

import dev.rekey.platform.PathId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An upstream whose credentials can also be listed and renamed. */
public interface ListableUpstream extends Upstream {

  @Override
  ListableUpstream within(CallBudget budget);

  /** What holds its subjects, as far as Rekey serves it, such as {@code organizations/acme}. */
  List<String> directories();

  /**
   * Reads one page of the subjects of a directory; repeats by itself while that may help.
   *
   * @param after cursor to continue behind, or null
   */
  Reply<SubjectPage> subjects(String directory, @Nullable String after);

  /** Reads one page; repeats by itself while that may help. */
  Reply<Page> list(Subject subject, Query query);

  /** {@link #read}, with what our token may do to the credential if asked. */
  Reply<UpstreamCredential> read(Subject subject, PathId id, boolean withPermissions);

  /** Changes what is not null; never repeated by itself. */
  Reply<UpstreamCredential> update(Subject subject, PathId id, CredentialNaming changes);

  /**
   * Which page, in the upstream's own terms.
   *
   * @param limit how many at most; null leaves it to the upstream
   * @param after cursor to continue behind, or null
   * @param before cursor to stop in front of, or null
   */
  record Query(
      @Nullable Integer limit,
      @Nullable String after,
      @Nullable String before,
      boolean withPermissions) {}

  /**
   * One page.
   *
   * @param permissions what our token may do to the list; null unless asked for
   */
  record Page(
      List<UpstreamCredential> items,
      boolean hasNextPage,
      boolean hasPreviousPage,
      @Nullable String startCursor,
      @Nullable String endCursor,
      @Nullable Map<String, Map<String, Boolean>> permissions) {}

  /**
   * One page of subjects.
   *
   * @param next cursor to continue behind; null on the last page
   */
  record SubjectPage(List<Subject> subjects, @Nullable String next) {}
}
