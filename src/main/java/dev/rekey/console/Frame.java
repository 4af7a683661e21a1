package dev.rekey.console;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The header and footer of every page.
 *
 * @param person who looks at the page
 * @param teams the person's teams
 * @param menu the pages that the person may open
 * @param curl the commands that get the same from the API, one a line; null if none does
 */
record Frame(String person, List<String> teams, List<Entry> menu, @Nullable String curl) {

  /**
   * A page in the menu.
   *
   * @param path within Rekey, without a prefix of a proxy
   * @param isCurrent whether the page or one below it is shown
   */
  record Entry(String title, String path, boolean isCurrent) {}
}
