package dev.rekey.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import tools.jackson.databind.json.JsonMapper;

/** Every setting that the chart renders exists in Rekey or Spring Boot. */
@ParameterizedClass
@MethodSource("dev.rekey.chart.Scenario#all")
class ConfigurationTest {

  private static final Set<String> SPRING_SETTINGS = springSettings();
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}]+)}");

  @Parameter Scenario scenario;

  @Test
  void everySettingOfRekeyExistsAndHasAValidValue() {
    var settings = Settings.of(scenario.rendered());
    var bound = new BoundNames();
    try (var context = new AnnotationConfigApplicationContext()) {
      var environment = new StandardEnvironment();
      environment
          .getPropertySources()
          .forEach(source -> environment.getPropertySources().remove(source.getName()));
      environment.getPropertySources().addFirst(settings.properties());
      environment.getPropertySources().addFirst(new MapPropertySource("mounted", mounted()));
      context.setEnvironment(environment);
      context.registerBean(ConfigurationPropertiesBindHandlerAdvisor.class, () -> bound);
      context.register(RekeyProperties.class);
      context.refresh();
    }

    assertThat(settings.names())
        .filteredOn(name -> name.startsWith("rekey."))
        .hasSizeGreaterThan(15)
        .allSatisfy(name -> assertThat(bound.names).contains(ConfigurationPropertyName.of(name)));
  }

  @Test
  void everyOtherSettingExistsInSpringBoot() {
    assertThat(Settings.of(scenario.rendered()).names())
        .filteredOn(name -> !name.startsWith("rekey."))
        .hasSizeGreaterThan(8)
        .allSatisfy(
            name ->
                assertThat(SPRING_SETTINGS)
                    .as(name)
                    .anyMatch(
                        known ->
                            name.replaceFirst("\\[\\d+]$", "").equals(known)
                                || name.startsWith(known + ".")));
  }

  @Test
  void everyMountedSecretIsNamedLikeASettingOrAReference() {
    String configuration = scenario.rendered().configuration();

    assertThat(mounted().keySet())
        .filteredOn(name -> !name.endsWith(".client-id"))
        // A public client of the console has none.
        .filteredOn(name -> !name.equals("rekey.console.client-secret"))
        .filteredOn(name -> !configuration.contains("${" + name + "}"))
        .containsExactlyInAnyOrder(
            "spring.datasource.password",
            "rekey.upstreams.conductorone.client-secret",
            "rekey.upstreams.keycard.client-secret",
            "rekey.audit.signing-key");
  }

  @Test
  void everyReferenceIsMounted() {
    assertThat(REFERENCE.matcher(scenario.rendered().configuration()).results())
        .extracting(reference -> reference.group(1))
        .allMatch(mounted()::containsKey);
  }

  @Test
  void clientIdsAreEitherMountedOrConfigured() {
    assertThat(List.of("conductorone", "keycard"))
        .map(upstream -> "rekey.upstreams." + upstream + ".client-id")
        .allSatisfy(
            name ->
                assertThat(mounted().containsKey(name))
                    .isNotEqualTo(Settings.of(scenario.rendered()).names().contains(name)));
  }

  private Map<String, Object> mounted() {
    return scenario.rendered().pod().getVolumes().stream()
        .filter(volume -> volume.getName().equals("secrets"))
        .flatMap(volume -> volume.getProjected().getSources().stream())
        .flatMap(source -> source.getSecret().getItems().stream())
        .collect(
            Collectors.toMap(
                item -> item.getPath(), item -> "https://example.com/of-the-key-" + item.getKey()));
  }

  private static Set<String> springSettings() {
    var names = new TreeSet<String>();
    try {
      var files =
          new PathMatchingResourcePatternResolver()
              .getResources("classpath*:META-INF/spring-configuration-metadata.json");
      for (var file : files) {
        try (var in = file.getInputStream()) {
          JsonMapper.shared()
              .readTree(in)
              .path("properties")
              .forEach(property -> names.add(property.path("name").asString()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Collections.unmodifiableSet(names);
  }

  @ConfigurationPropertiesScan("dev.rekey")
  static class RekeyProperties {}

  /** Collects the names that were bound. */
  private static final class BoundNames implements ConfigurationPropertiesBindHandlerAdvisor {

    private final Set<ConfigurationPropertyName> names = new HashSet<>();

    @Override
    public BindHandler apply(BindHandler handler) {
      return new AbstractBindHandler(handler) {
        @Override
        public <T> Bindable<T> onStart(
            ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
          names.add(name);
          return super.onStart(name, target, context);
        }
      };
    }
  }
}
