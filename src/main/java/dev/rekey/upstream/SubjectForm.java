package dev.rekey.upstream;

import dev.rekey.platform.PathId;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import java.util.List;
import java.util.stream.Collectors;

/** How an upstream's subjects are named: {@code apps/{appId}/connectors/{connectorId}}. */
public final class SubjectForm {

  /** ConductorOne's. */
  public static final SubjectForm CONNECTOR = of("apps/{appId}/connectors/{connectorId}");

  /** Keycard's. */
  public static final SubjectForm SERVICE_ACCOUNT =
      of("organizations/{organizationId}/service-accounts/{serviceAccountId}");

  private static final List<SubjectForm> ALL = List.of(CONNECTOR, SERVICE_ACCOUNT);

  private final String[] form;

  private SubjectForm(String[] form) {
    this.form = form;
  }

  /** Reads a form in which the second and fourth of four parts stand for ids. */
  private static SubjectForm of(String text) {
    return new SubjectForm(text.split("/", -1));
  }

  /** Whether there are subjects whose names have these as their first and third part. */
  public static boolean isThere(String first, String third) {
    return ALL.stream().anyMatch(one -> one.form[0].equals(first) && one.form[2].equals(third));
  }

  /** All forms, as part of a sentence. */
  public static String all() {
    return ALL.stream().map(SubjectForm::toString).collect(Collectors.joining(" or "));
  }

  /** The two ids in a subject's name. */
  public record Ids(PathId parent, PathId child) {}

  /** Throws an {@code invalid-request} problem for a name of another form. */
  public Ids ids(String name) {
    String[] parts = name.split("/", -1);
    if (parts.length != form.length
        || !parts[0].equals(form[0])
        || !parts[2].equals(form[2])
        || !PathId.isValid(parts[1])
        || !PathId.isValid(parts[3])) {
      throw malformed();
    }
    return new Ids(PathId.of(parts[1]), PathId.of(parts[3]));
  }

  /** Whether a name of this form may begin so. */
  public boolean mayBegin(String start) {
    String collection = form[0] + "/";
    return collection.startsWith(start) || start.startsWith(collection);
  }

  @Override
  public String toString() {
    return String.join("/", form);
  }

  private ProblemException malformed() {
    return ProblemType.INVALID_REQUEST
        .with(
            "subject has to look like "
                + this
                + ", with ids that match "
                + PathId.PATTERN
                + " and are neither . nor ..")
        .exception();
  }
}
