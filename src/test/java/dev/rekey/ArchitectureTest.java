package dev.rekey;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.rekey.audit.AuditLog;
import dev.rekey.upstream.Secret;
import dev.rekey.upstream.Upstream;
import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.RestController;

@AnalyzeClasses(packages = "dev.rekey", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule everyImportPointsDown =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("start")
          .definedBy("dev.rekey.start")
          .layer("facade")
          .definedBy("dev.rekey.facade")
          .layer("rotation")
          .definedBy("dev.rekey.rotation")
          .layer("credential")
          .definedBy("dev.rekey.credential")
          .layer("notification")
          .definedBy("dev.rekey.notification")
          .layer("audit")
          .definedBy("dev.rekey.audit")
          .layer("verify")
          .definedBy("dev.rekey.audit.verify")
          .layer("chain")
          .definedBy("dev.rekey.audit.chain")
          .layer("access")
          .definedBy("dev.rekey.access")
          .layer("adapters")
          .definedBy("dev.rekey.upstream.*")
          .layer("upstream")
          .definedBy("dev.rekey.upstream")
          .layer("platform")
          .definedBy("dev.rekey.platform")
          .whereLayer("start")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("facade")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("rotation")
          .mayOnlyBeAccessedByLayers("facade")
          .whereLayer("credential")
          .mayOnlyBeAccessedByLayers("facade", "rotation")
          .whereLayer("notification")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("audit")
          .mayOnlyBeAccessedByLayers("rotation", "credential", "notification")
          .whereLayer("verify")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("chain")
          .mayOnlyBeAccessedByLayers("start", "audit", "verify")
          .whereLayer("access")
          .mayOnlyBeAccessedByLayers("facade", "rotation", "credential", "notification", "audit")
          .whereLayer("adapters")
          .mayOnlyBeAccessedByLayers("facade")
          .whereLayer("upstream")
          .mayOnlyBeAccessedByLayers(
              "facade", "rotation", "credential", "notification", "audit", "access", "adapters")
          .whereLayer("platform")
          .mayOnlyBeAccessedByLayers(
              "start",
              "facade",
              "rotation",
              "credential",
              "notification",
              "audit",
              "chain",
              "access",
              "adapters",
              "upstream")
          .because(
              "a newcomer reads the tree from the top, and a third upstream costs one package");

  @ArchTest
  static final ArchRule everyClassHasAPlace =
      classes()
          .should()
          .resideInAnyPackage(
              "dev.rekey",
              "dev.rekey.start",
              "dev.rekey.facade",
              "dev.rekey.rotation",
              "dev.rekey.credential",
              "dev.rekey.notification",
              "dev.rekey.audit",
              "dev.rekey.audit.chain",
              "dev.rekey.audit.verify",
              "dev.rekey.access",
              "dev.rekey.upstream",
              "dev.rekey.upstream.*",
              "dev.rekey.platform")
          .because("the rule above says nothing of packages that it does not name");

  @ArchTest
  static final ArchRule secretsLeaveInFewPlaces =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.rekey.rotation.RevealedSecret")
          .and()
          .doNotHaveFullyQualifiedName("dev.rekey.notification.Targets")
          .and()
          .resideOutsideOfPackage("dev.rekey.upstream.*")
          .should()
          .callMethod(Secret.class, "reveal")
          .because("a secret goes to its caller or, our own, to whom we call, and nowhere else");

  @ArchTest
  static final ArchRule historyIsWrittenByOnePathPerMutation =
      noClasses()
          .that()
          .haveSimpleNameNotEndingWith("Ledger")
          .and()
          .doNotHaveFullyQualifiedName("dev.rekey.audit.DenialAuditor")
          .should()
          .callMethod(AuditLog.class, "append", dev.rekey.audit.AuditEntry.class)
          .because(
              "audit calls that are placed by hand get forgotten; a ledger writes the change and"
                  + " its event in one transaction");

  @ArchTest
  static final ArchRule nothingIsSentWithinATransaction =
      noClasses()
          .that()
          .haveSimpleNameEndingWith("Ledger")
          .or()
          .areAnnotatedWith(Transactional.class)
          .should()
          .dependOnClassesThat()
          .areAssignableTo(Upstream.class)
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("dev.rekey.notification.Sender")
          .because("the intent has to be durable before, and a slow upstream would drain the pool");

  @ArchTest
  static final ArchRule whatSendsHasNoTransaction =
      noMethods()
          .that()
          .areDeclaredInClassesThat(
              JavaClass.Predicates.belongToAnyOf(
                      dev.rekey.rotation.CredentialRotation.class,
                      dev.rekey.rotation.CredentialChanges.class,
                      dev.rekey.rotation.Overlaps.class,
                      dev.rekey.credential.CredentialReads.class,
                      dev.rekey.credential.Predecessors.class)
                  .or(JavaClass.Predicates.simpleName("Adoption")))
          .should()
          .beAnnotatedWith(Transactional.class);

  @ArchTest
  static final ArchRule repositoriesStayInTheirPackage =
      classes().that().areAssignableTo(Repository.class).should().bePackagePrivate();

  @ArchTest
  static final ArchRule jacksonIsTheThird =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.fasterxml.jackson.databind..", "com.fasterxml.jackson.core..")
          .because("the second one is on the classpath, but nothing configures it");

  @ArchTest
  static final ArchRule nothingPrints =
      noClasses()
          .should()
          .accessClassesThat()
          .haveFullyQualifiedName("java.io.PrintStream")
          .because("what is said goes through the log");

  @ArchTest
  static final ArchRule controllersAreNotPublic =
      classes()
          .that()
          .areAnnotatedWith(RestController.class)
          .should()
          .notBePublic()
          .because("nothing but Spring calls them");
}
