package dev.rekey.upstream;

import dev.rekey.upstream.Reply.Flaw;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads lists to their last page, and detects lists that have none. */
public final class Pages {

  /**
   * The largest list of one subject's credentials, 10,000 by 100. Even one that has no end takes no
   * more than 50 s of the default call budget.
   */
  public static final int OF_SUBJECT = 100;

  /** The largest list of a directory's subjects, 100,000 by 100. */
  public static final int OF_DIRECTORY = 1_000;

  private Pages() {}

  /**
   * Reads page after page. Returns the first reply that is no success, and {@link Flaw#ENDLESS} if
   * a cursor occurs again or so many pages are not all.
   *
   * @param page reads the page after a cursor, null for the first one; returns the cursor of the
   *     next one, empty for the last one
   */
  public static Reply<Optional<String>> readAll(
      int max, Function<@Nullable String, Reply<Optional<String>>> page) {
    Set<String> cursors = new HashSet<>();
    Reply<Optional<String>> last = page.apply(null);
    while (last instanceof Reply.Success<Optional<String>>(var next) && next.isPresent()) {
      last =
          cursors.add(next.get()) && cursors.size() < max
              ? page.apply(next.get())
              : new Reply.Unusable<>(Flaw.ENDLESS);
    }
    return last;
  }
}
