package dev.rekey.access;

import dev.rekey.access.OwnerProperties.OwnerSettings;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.platform.settings.PropertyFaults;
import dev.rekey.platform.settings.SecureUrl;
import dev.rekey.upstream.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The owners of subjects: the first configured one that matches, else the first team with a grant
 * that covers the subject. A grant of all teams is for auditors, and makes no owner.
 */
@Component
public class Owners {

  private static final Pattern MAILTO = Pattern.compile("mailto:[^\\s@?]+@[^\\s@?]+");

  private final List<Entry> entries;

  private record Entry(List<SubjectPattern> subjects, Owner owner) {

    boolean matches(String subject) {
      return subjects.stream().anyMatch(pattern -> pattern.matches(subject));
    }
  }

  Owners(OwnerProperties properties, AccessProperties access) {
    this.entries =
        Stream.concat(
                properties.owners().stream()
                    .map(
                        each ->
                            new Entry(
                                each.subjects(),
                                new Owner(each.team(), each.contact(), each.link()))),
                access.grants().stream()
                    .filter(grant -> !grant.subjects().isEmpty())
                    .map(
                        grant ->
                            new Entry(
                                grant.subjects(), new Owner(grant.qualifiedTeam(), null, null))))
            .toList();
  }

  /** Throws a {@link PropertyException} that names all invalid links, but not their values. */
  static void requireLinks(List<OwnerSettings> owners) {
    var faults = new PropertyFaults();
    for (int i = 0; i < owners.size(); i++) {
      if (!isLink(owners.get(i).link())) {
        faults.add(
            new PropertyException(
                "rekey.owners[" + i + "].link",
                "has to be an https URL or a mailto address (docs/findings.md)"));
      }
    }
    faults.refuse();
  }

  private static boolean isLink(@Nullable String link) {
    return link == null || MAILTO.matcher(link).matches() || SecureUrl.https(link) != null;
  }

  /** The owner of a subject; empty if it has none. */
  public Optional<Owner> owner(Subject subject) {
    return owner(subject.name());
  }

  Optional<Owner> owner(String subject) {
    return entries.stream().filter(entry -> entry.matches(subject)).findFirst().map(Entry::owner);
  }

  /** Adds the condition that one of these teams owns the subject that a column names. */
  public void addTo(Conditions where, String column, List<String> teams) {
    if (!teams.isEmpty()) {
      where.and(
          first(where, column) + " = any (:owners)",
          "owners",
          IntStream.range(0, entries.size())
              .filter(i -> teams.contains(entries.get(i).owner().team()))
              .boxed()
              .toArray(Integer[]::new));
    }
  }

  /** Adds the condition that the subject that a column names has no owner. */
  public void addNoneTo(Conditions where, String column) {
    if (!entries.isEmpty()) {
      where.and(first(where, column) + " = -1");
    }
  }

  /** The index of the first entry that matches, in SQL; -1 for none. */
  private String first(Conditions where, String column) {
    var cases = new ArrayList<String>();
    for (int i = 0; i < entries.size(); i++) {
      cases.add(
          "when "
              + SubjectPattern.anyOf(entries.get(i).subjects(), where, column, "owner" + i + "of")
              + " then "
              + i);
    }
    return cases.isEmpty() ? "-1" : "case " + String.join(" ", cases) + " else -1 end";
  }
}
