package dev.rekey;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.rekey.audit.AuditLog;
import dev.rekey.delivery.DeliveryTarget;
import dev.rekey.upstream.Secret;
import dev.rekey.upstream.Upstream;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.data.repository.Repository;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@AnalyzeClasses(packages = "dev.rekey", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  /**
   * The package graph, from top to bottom.
   *
   * @param name the package, relative to {@code dev.rekey}
   * @param uses the other packages of Rekey that it may use
   * @param because the reason for this limit
   */
  private record Room(String name, List<String> uses, String because) {

    ArchRule rule() {
      String[] allowed =
          Stream.concat(Stream.of(name), uses.stream())
              .map("dev.rekey.%s"::formatted)
              .toArray(String[]::new);
      return classes()
          .that()
          .resideInAPackage("dev.rekey." + name)
          .should()
          .onlyDependOnClassesThat(
              JavaClass.Predicates.resideInAnyPackage(allowed)
                  .or(not(JavaClass.Predicates.resideInAPackage("dev.rekey.."))))
          .because(because);
    }
  }

  private static final List<Room> ROOMS =
      List.of(
          new Room(
              "start",
              List.of("audit.chain", "platform.settings"),
              "settings are checked before any feature exists"),
          new Room(
              "console",
              List.of(
                  "console.login",
                  "facade",
                  "automation",
                  "finding",
                  "rotation",
                  "credential",
                  "policy",
                  "notification",
                  "audit",
                  "audit.aggregate",
                  "audit.chain",
                  "audit.export",
                  "audit.tail",
                  "access",
                  "upstream",
                  "platform",
                  "platform.problem",
                  "platform.query",
                  "platform.web"),
              "pages show what the API responds, and nothing uses them"),
          new Room(
              "console.login",
              List.of(
                  "access",
                  "access.issuer",
                  "upstream",
                  "upstream.http",
                  "platform",
                  "platform.crypto",
                  "platform.settings"),
              "who looks at a page is known before the page"),
          new Room(
              "facade",
              List.of(
                  "rotation",
                  "credential",
                  "access",
                  "upstream",
                  "upstream.conductorone",
                  "upstream.keycard",
                  "platform",
                  "platform.problem",
                  "platform.web"),
              "wire records of the upstreams stay at the edge, and nothing uses them"),
          new Room(
              "automation",
              List.of(
                  "rotation",
                  "credential",
                  "credential.refresh",
                  "policy",
                  "delivery",
                  "audit",
                  "access",
                  "upstream",
                  "platform",
                  "platform.problem",
                  "platform.query",
                  "platform.settings",
                  "platform.web"),
              "a policy rotates as a caller does, and rotations do not know of policies"),
          new Room(
              "finding",
              List.of(
                  "credential",
                  "policy",
                  "audit",
                  "access",
                  "upstream",
                  "platform",
                  "platform.problem",
                  "platform.query",
                  "platform.web"),
              "findings follow from what is known, and nothing that changes credentials needs"
                  + " them"),
          new Room(
              "rotation",
              List.of(
                  "credential",
                  "audit",
                  "audit.aggregate",
                  "access",
                  "delivery",
                  "upstream",
                  "platform",
                  "platform.crypto",
                  "platform.problem",
                  "platform.query",
                  "platform.web"),
              "a rotation knows the port of an upstream, never an upstream or HTTP; charts count"
                  + " rotations by the history's interface"),
          new Room(
              "delivery.kubernetes",
              List.of("delivery", "upstream", "platform", "platform.settings"),
              "one kind of place costs one package"),
          new Room(
              "delivery",
              List.of("upstream", "platform", "platform.settings"),
              "a place knows secrets and subjects, not rotations"),
          new Room(
              "credential.refresh",
              List.of("credential", "upstream", "platform", "platform.query"),
              "the inventory does not need its refresher"),
          new Room(
              "credential",
              List.of(
                  "policy",
                  "audit",
                  "access",
                  "upstream",
                  "platform",
                  "platform.problem",
                  "platform.query",
                  "platform.web"),
              "metadata exists without rotations; rotation implements credential's interfaces"),
          new Room(
              "policy",
              List.of("access", "upstream", "platform", "platform.crypto", "platform.settings"),
              "when a credential is due follows from facts, and needs no database"),
          new Room(
              "notification",
              List.of(
                  "audit",
                  "access",
                  "upstream",
                  "upstream.http",
                  "platform",
                  "platform.crypto",
                  "platform.problem",
                  "platform.query",
                  "platform.settings",
                  "platform.web"),
              "a webhook is made from an audit event, and features do not know of webhooks"),
          new Room(
              "audit.tail",
              List.of("audit", "access", "upstream", "platform.problem", "platform.query"),
              "each way to read the history is independent"),
          new Room(
              "audit.aggregate",
              List.of(
                  "audit",
                  "access",
                  "upstream",
                  "platform.problem",
                  "platform.query",
                  "platform.web"),
              "each way to read the history is independent"),
          new Room(
              "audit.export",
              List.of(
                  "audit",
                  "audit.chain",
                  "audit.ocsf",
                  "access",
                  "upstream",
                  "platform.crypto",
                  "platform.problem",
                  "platform.query"),
              "each way to read the history is independent"),
          new Room(
              "audit.ocsf",
              List.of("audit"),
              "a form of events decides nothing about them, and the history does not need it"),
          new Room(
              "audit",
              List.of(
                  "audit.chain",
                  "access",
                  "upstream",
                  "platform",
                  "platform.problem",
                  "platform.query",
                  "platform.settings",
                  "platform.web"),
              "history records what features do, and calls none of them"),
          new Room(
              "audit.chain",
              List.of("platform", "platform.crypto", "platform.query", "platform.settings"),
              "sealing treats events as bytes, so that the verifier can share it"),
          new Room(
              "verify",
              List.of("audit.chain", "platform.crypto"),
              "the verifier is a program that must not trust the service"),
          new Room(
              "access",
              List.of(
                  "access.issuer",
                  "upstream",
                  "upstream.http",
                  "platform",
                  "platform.crypto",
                  "platform.problem",
                  "platform.query",
                  "platform.settings",
                  "platform.web"),
              "whether a caller may do something does not depend on the feature"),
          new Room(
              "access.encryption",
              List.of(
                  "access",
                  "access.issuer",
                  "upstream.http",
                  "platform.problem",
                  "platform.settings"),
              "how a response is protected does not change what the caller may do"),
          new Room(
              "access.issuer",
              List.of("upstream.http"),
              "who calls is known before anything else about a request"),
          new Room(
              "upstream.conductorone",
              List.of(
                  "upstream", "upstream.http", "platform", "platform.crypto", "platform.settings"),
              "one upstream costs one package, and upstreams do not know each other"),
          new Room(
              "upstream.keycard",
              List.of("upstream", "upstream.http", "platform", "platform.problem"),
              "one upstream costs one package, and upstreams do not know each other"),
          new Room(
              "upstream.http",
              List.of("upstream", "platform", "platform.settings"),
              "HTTP is how an upstream is called, not what can be asked of it"),
          new Room(
              "upstream",
              List.of("platform", "platform.problem"),
              "the port stays free of HTTP, tokens and vendors"),
          new Room(
              "platform.web",
              List.of("platform", "platform.crypto", "platform.problem"),
              "plumbing must not know a feature"),
          new Room(
              "platform.query",
              List.of("platform", "platform.crypto", "platform.problem"),
              "plumbing must not know a feature"),
          new Room("platform.problem", List.of("platform"), "plumbing must not know a feature"),
          new Room("platform.settings", List.of("platform"), "plumbing must not know a feature"),
          new Room(
              "platform.crypto",
              List.of(),
              "the verifier shares it, and must not depend on more of the service"),
          new Room("platform", List.of(), "every package may use it"));

  @ArchTest
  static void everyPackageUsesOnlyWhatItMay(JavaClasses rekey) {
    ROOMS.forEach(room -> room.rule().check(rekey));
  }

  @ArchTest
  static final ArchRule noPackageIsPartOfACycle =
      slices()
          .matching("dev.rekey.(**)")
          .should()
          .beFreeOfCycles()
          .because("a cycle has no top to read from");

  @ArchTest
  static final ArchRule everyClassIsInAKnownPackage =
      classes()
          .should()
          .resideInAnyPackage(
              Stream.concat(
                      Stream.of("dev.rekey"),
                      ROOMS.stream().map(room -> "dev.rekey." + room.name()))
                  .toArray(String[]::new))
          .because("the graph has no rule for a package that it does not name");

  @ArchTest
  static final ArchRule secretsLeaveTheServiceInFewPlaces =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.rekey.rotation.RevealedSecret")
          .and()
          .doNotHaveFullyQualifiedName("dev.rekey.notification.Target")
          .and()
          .doNotHaveFullyQualifiedName("dev.rekey.delivery.kubernetes.SecretPatch")
          .and()
          .doNotHaveFullyQualifiedName("dev.rekey.delivery.kubernetes.ApiClients")
          .and()
          .doNotHaveFullyQualifiedName("dev.rekey.console.login.IdentityProvider")
          .and()
          .resideOutsideOfPackage("dev.rekey.upstream.*")
          .should()
          .callMethod(Secret.class, "reveal")
          .because(
              "a secret is sent to its caller or target or, if it is Rekey's own, to an upstream,"
                  + " receiver or API server");

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
              "manual audit calls get forgotten; a ledger writes the change and"
                  + " its event in one transaction");

  @ArchTest
  static final ArchRule rowsAreReadToTheEnd =
      noClasses()
          .should()
          .callMethod(JdbcClient.MappedQuerySpec.class, "stream")
          .because("a stream keeps its connection until somebody closes it; use list()");

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
          .orShould()
          .callMethodWhere(
              target(owner(JavaClass.Predicates.assignableTo(DeliveryTarget.class)))
                  .and(target(nameMatching("check|held|deliver|restart"))))
          .because("the intent has to be durable before, and a slow upstream would drain the pool");

  @ArchTest
  static final ArchRule sendingMethodsHaveNoTransaction =
      noMethods()
          .that()
          .areDeclaredInClassesThat(
              JavaClass.Predicates.belongToAnyOf(
                      dev.rekey.rotation.CredentialRotation.class,
                      dev.rekey.rotation.CredentialChanges.class,
                      dev.rekey.rotation.RotationDecisions.class,
                      dev.rekey.credential.CredentialReads.class,
                      dev.rekey.credential.PredecessorCheck.class)
                  .or(JavaClass.Predicates.simpleName("AdoptionController"))
                  .or(JavaClass.Predicates.simpleName("RotationSteps"))
                  .or(JavaClass.Predicates.simpleName("SecretDeliveries"))
                  .or(JavaClass.Predicates.simpleName("LostSecrets"))
                  .or(JavaClass.Predicates.simpleName("PolicyRotations"))
                  .or(JavaClass.Predicates.simpleName("DueRotations"))
                  .or(JavaClass.Predicates.simpleName("FirstUses"))
                  .or(JavaClass.Predicates.simpleName("Retirements"))
                  .or(JavaClass.Predicates.simpleName("Reconciler")))
          .should()
          .beAnnotatedWith(Transactional.class);

  @ArchTest
  static final ArchRule repositoriesStayInTheirPackage =
      classes().that().areAssignableTo(Repository.class).should().bePackagePrivate();

  @ArchTest
  static final ArchRule repositoriesManageEntities =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("jakarta.persistence.EntityManager")
          .because("a manual flush or detach hides which query should lock or read anew");

  @ArchTest
  static final ArchRule onlyJackson3IsUsed =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.fasterxml.jackson.databind..", "com.fasterxml.jackson.core..")
          .because("Jackson 2 is on the classpath, but nothing configures it");

  @ArchTest
  static final ArchRule pathsHaveNoPrefix =
      noClasses()
          .that()
          .areNotAssignableTo(dev.rekey.platform.RequestPath.class)
          .and()
          .areNotAssignableTo(dev.rekey.platform.ApiPath.class)
          .should()
          .callMethodWhere(
              target(nameMatching("getRequestURI|getRequestURL|getServletPath|getContextPath")))
          .because("a server or proxy may add a prefix: use RequestPath, or ApiPath for a link");

  @ArchTest
  static final ArchRule nothingPrints =
      noClasses()
          .should()
          .accessClassesThat()
          .haveFullyQualifiedName("java.io.PrintStream")
          .because("Rekey logs");

  @ArchTest
  static final ArchRule controllersAreCalledByPagesOnly =
      noClasses()
          .that()
          .areNotAnnotatedWith(RestController.class)
          .and()
          .resideOutsideOfPackage("dev.rekey.console")
          .should()
          .dependOnClassesThat()
          .areAnnotatedWith(RestController.class)
          .because("only Spring calls them, and the console, which shows what the API responds");

  @ArchTest
  static final ArchRule everyPageNamesItsRoute =
      methods()
          .that()
          .areDeclaredInClassesThat()
          .areAnnotatedWith("dev.rekey.console.ConsolePage")
          .and()
          .areMetaAnnotatedWith(RequestMapping.class)
          .should()
          .beAnnotatedWith("dev.rekey.console.StandsOn")
          .because("the route's scope is that of the page");
}
