package dev.rekey.upstream;

import dev.rekey.platform.Deadline;
import dev.rekey.platform.PathId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
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

  /**
   * Changes the fields that are not null; never retried.
   *
   * @param isNeeded whether the attempt that made the credential may still have to be found by what
   *     the credential carries of it. Then {@link Reply.NotSent} for a text that leaves no room.
   */
  Reply<UpstreamCredential> update(
      Subject subject, PathId id, CredentialNaming changes, Predicate<UUID> isNeeded);

  /**
   * Gives a new credential the whole description that its mint had no room for; never retried. The
   * credential no longer carries its attempt then, so its id has to be recorded before.
   *
   * @param description as it was given to {@link #mint}
   */
  Reply<UpstreamCredential> complete(
      Subject subject, PathId id, String description, Deadline deadline);

  /**
   * A page request in the upstream's terms.
   *
   * @param limit maximum number of items; null for the upstream's default
   * @param after cursor of the page before; null for the first page
   * @param before cursor of the following page, to read backward; null to read forward
   * @param search texts that the upstream searches in its own way; empty for all credentials
   */
  record Query(
      @Nullable Integer limit,
      @Nullable String after,
      @Nullable String before,
      List<String> search,
      boolean withPermissions) {

    /** A page of all credentials. */
    public Query(
        @Nullable Integer limit,
        @Nullable String after,
        @Nullable String before,
        boolean withPermissions) {
      this(limit, after, before, List.of(), withPermissions);
    }
  }

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
