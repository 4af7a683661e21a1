package dev.rekey.upstream;

import dev.rekey.platform.PathId;
import dev.rekey.platform.problem.ProblemType;
import java.util.List;
import java.util.stream.Collectors;

/** The form of an upstream's subject names. */
public final class SubjectForm {

  public static final SubjectForm CONNECTOR =
      new SubjectForm("apps/{appId}/connectors/{connectorId}");
  public static final SubjectForm SERVICE_ACCOUNT =
      new SubjectForm("organizations/{organizationId}/service-accounts/{serviceAccountId}");

  private static final List<SubjectForm> ALL = List.of(CONNECTOR, SERVICE_ACCOUNT);

  private final String[] form;

  private SubjectForm(String text) {
    this.form = text.split("/", -1);
  }

  public Subject subject(UpstreamName upstream, PathId parent, PathId child) {
    return new Subject(upstream, form[0] + "/" + parent + "/" + form[2] + "/" + child);
  }

  /** Whether an upstream has subjects in these two collections. */
  public static boolean exists(String parents, String children) {
    return ALL.stream()
        .anyMatch(one -> one.form[0].equals(parents) && one.form[2].equals(children));
  }

  /** Whether a text is the name of one subject of any upstream. */
  public static boolean isName(String text) {
    String[] parts = text.split("/", -1);
    return ALL.stream().anyMatch(form -> form.matches(parts));
  }

  private boolean matches(String[] parts) {
    return parts.length == form.length
        && parts[0].equals(form[0])
        && parts[2].equals(form[2])
        && PathId.isValid(parts[1])
        && PathId.isValid(parts[3]);
  }

  /** All forms, joined by "or". */
  public static String all() {
    return ALL.stream().map(SubjectForm::toString).collect(Collectors.joining(" or "));
  }

  /** The subject with a name; throws an {@code invalid-request} problem for another form. */
  public Subject subject(UpstreamName upstream, String name) {
    if (!matches(name.split("/", -1))) {
      throw ProblemType.INVALID_REQUEST.with(
          "subject has to have the form %s, with ids that match %s and are neither . nor .."
              .formatted(this, PathId.PATTERN));
    }
    return new Subject(upstream, name);
  }

  /** Whether a name of this form can begin with the prefix. */
  public boolean canBeginWith(String prefix) {
    String collection = form[0] + "/";
    return collection.startsWith(prefix) || prefix.startsWith(collection);
  }

  @Override
  public String toString() {
    return String.join("/", form);
  }
}
