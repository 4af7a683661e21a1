package dev.rekey.upstream;

import dev.rekey.platform.PathId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An upstream whose credentials can also be listed and renamed. */
public interface ListableUpstream extends Upstream {

  @Override
  ListableUpstream within(CallBudget budget);

  /** The parents of all subjects that Rekey serves, such as {@code organizations/acme}. */
  List<String> directories();

  /** Reads one page of a directory's subjects, after a cursor; retries like {@link #read}. */
  Reply<SubjectPage> subjects(String directory, @Nullable String after);

  /** Reads one page of credentials; retries like {@link #read}. */
  Reply<Page> list(Subject subject, Query query);

  /** Like {@link #read}, with the permissions of Rekey's token if requested. */
  Reply<UpstreamCredential> read(Subject subject, PathId id, boolean withPermissions);

  /** Changes the fields that are not null; never retried. */
  Reply<UpstreamCredential> update(Subject subject, PathId id, CredentialNaming changes);

  /**
   * A page request in the upstream's terms.
   *
   * @param limit maximum number of items; null for the upstream's default
   * @param after cursor of the page before; null for the first page
   * @param before cursor of the following page, to read backward; null to read forward
   */
  record Query(
      @Nullable Integer limit,
      @Nullable String after,
      @Nullable String before,
      boolean withPermissions) {}

  /** One page; {@code permissions} are those of Rekey's token, null unless requested. */
  record Page(
      List<UpstreamCredential> items,
      boolean hasNextPage,
      boolean hasPreviousPage,
      @Nullable String startCursor,
      @Nullable String endCursor,
      @Nullable Map<String, Map<String, Boolean>> permissions) {

    /** The cursor of the next page; empty on the last. */
    public Optional<String> next() {
      return hasNextPage ? Optional.ofNullable(endCursor) : Optional.empty();
    }
  }

  /** One page of subjects; {@code next} is the cursor of the next page, empty on the last. */
  record SubjectPage(List<Subject> subjects, Optional<String> next) {}
}
