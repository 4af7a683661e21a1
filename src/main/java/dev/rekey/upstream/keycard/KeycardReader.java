package dev.rekey.upstream.keycard;

import dev.rekey.platform.PathId;
import dev.rekey.upstream.ListableUpstream.Page;
import dev.rekey.upstream.ListableUpstream.Query;
import dev.rekey.upstream.ListableUpstream.SubjectPage;
import dev.rekey.upstream.Minted;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Flaw;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.SubjectForm;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.keycard.KeycardApi.AccountPage;
import dev.rekey.upstream.keycard.KeycardApi.KeycardCredential;
import dev.rekey.upstream.keycard.KeycardApi.KeycardPage;
import dev.rekey.upstream.keycard.KeycardApi.PageInfo;
import dev.rekey.upstream.keycard.KeycardApi.ServiceAccount;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads Keycard's response bodies; a body without a required field is unusable. */
final class KeycardReader {

  private KeycardReader() {}

  static Reply<Minted> minted(@Nullable KeycardCredential wire) {
    return Minted.of(credential(wire), wire == null ? null : wire.clientSecret());
  }

  static Reply<UpstreamCredential> credential(@Nullable KeycardCredential wire) {
    if (wire == null || wire.id() == null || !PathId.isValid(wire.id())) {
      return unparsable();
    }
    return new UpstreamCredential(
            PathId.of(wire.id()),
            wire.clientId(),
            wire.name(),
            AttemptTag.remove(wire.description()),
            wire.createdAt(),
            null,
            null,
            wire.lastUsedAt(),
            null,
            AttemptTag.find(wire.description()),
            wire.permissions())
        .unlessRepeating(wire.clientSecret());
  }

  static Reply<Page> page(@Nullable KeycardPage wire, Query query) {
    if (wire == null || wire.items() == null || wire.pageInfo() == null) {
      return unparsable();
    }
    List<UpstreamCredential> items = new ArrayList<>();
    for (KeycardCredential item : wire.items()) {
      if (!(credential(item) instanceof Reply.Success<UpstreamCredential>(var credential))) {
        return unparsable();
      }
      items.add(credential);
    }
    PageInfo info = wire.pageInfo();
    Reply<Optional<String>> further =
        query.before() == null
            ? further(info.hasNextPage(), info.endCursor(), query.after())
            : further(info.hasPrevPage(), info.startCursor(), query.before());
    return further.flatMap(
        _ ->
            new Reply.Success<>(
                new Page(
                    List.copyOf(items),
                    info.hasNextPage(),
                    info.hasPrevPage(),
                    info.startCursor(),
                    info.endCursor(),
                    wire.permissions())));
  }

  /** The cursor of the next page in the direction of paging; {@code current} is this page's. */
  private static Reply<Optional<String>> further(
      boolean hasMore, @Nullable String cursor, @Nullable String current) {
    if (!hasMore) {
      return new Reply.Success<>(Optional.empty());
    }
    if (cursor == null) {
      return unparsable();
    }
    return cursor.equals(current)
        ? new Reply.Unusable<>(Flaw.ENDLESS)
        : new Reply.Success<>(Optional.of(cursor));
  }

  static Reply<SubjectPage> subjects(
      @Nullable AccountPage wire, PathId organization, @Nullable String after) {
    if (wire == null || wire.items() == null || wire.pageInfo() == null) {
      return unparsable();
    }
    List<Subject> subjects = new ArrayList<>();
    for (ServiceAccount account : wire.items()) {
      if (account.id() == null || !PathId.isValid(account.id())) {
        return unparsable();
      }
      subjects.add(
          SubjectForm.SERVICE_ACCOUNT.subject(Keycard.NAME, organization, PathId.of(account.id())));
    }
    PageInfo info = wire.pageInfo();
    return further(info.hasNextPage(), info.endCursor(), after)
        .flatMap(next -> new Reply.Success<>(new SubjectPage(List.copyOf(subjects), next)));
  }

  private static <T> Reply<T> unparsable() {
    return new Reply.Unusable<>(Flaw.UNPARSABLE);
  }
}
