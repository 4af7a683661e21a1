package dev.rekey.contract;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.rekey.platform.problem.ProblemType;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds in the byte code which problems a method can come to, through all that it calls. */
final class ReachableProblems {

  private static final JavaClasses REKEY =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.rekey");

  private ReachableProblems() {}

  static Set<ProblemType> from(Method handler) {
    var problems = EnumSet.noneOf(ProblemType.class);
    var seen = new HashSet<JavaCodeUnit>();
    var open = new ArrayDeque<JavaCodeUnit>();
    JavaMethod first =
        REKEY
            .get(handler.getDeclaringClass())
            .getMethod(handler.getName(), handler.getParameterTypes());
    open.add(first);
    if (!first.getName().equals("reissue")) {
      // Checks a reissue, and passes all other mints.
      seen.addAll(onlyOfReissues());
    }
    while (!open.isEmpty()) {
      JavaCodeUnit next = open.remove();
      if (seen.add(next)) {
        next.getAccessesFromSelf().forEach(access -> follow(access, problems, open));
      }
    }
    return problems;
  }

  private static Set<JavaMethod> onlyOfReissues() {
    return REKEY.get("dev.rekey.rotation.RotationDecisionLedger").getMethods().stream()
        .filter(method -> method.getName().equals("admit"))
        .collect(Collectors.toSet());
  }

  private static void follow(
      JavaAccess<?> access, Set<ProblemType> problems, ArrayDeque<JavaCodeUnit> open) {
    boolean isOfCatalogue = access.getTargetOwner().isEquivalentTo(ProblemType.class);
    if (isOfCatalogue && access instanceof JavaFieldAccess field) {
      problems.add(ProblemType.valueOf(field.getTarget().getName()));
    } else if (!isOfCatalogue
        && access.getTarget().resolveMember().orElse(null) instanceof JavaCodeUnit called
        && called.getOwner().getPackageName().startsWith("dev.rekey")) {
      open.add(called);
    }
  }
}
