package dev.rekey.start;

import dev.rekey.platform.settings.PropertyException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

/**
 * The settings that Rekey has, so that one with a slip of the pen in it is refused instead of left
 * aside. Of properties, all that are beneath {@code rekey}; of variables, what begins with {@code
 * REKEY_UPSTREAMS_}, {@code REKEY_ACCESS_} and so on: others that begin with {@code REKEY_} may be
 * somebody else's. Kubernetes makes some for each Service, whatever that is called.
 */
final class KnownSettings {

  private static final Pattern OF_A_SERVICE =
      Pattern.compile(
          ".*_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT|PORT_[0-9]+_[A-Z]+(_(PROTO|PORT|ADDR))?)");

  private final Map<String, Class<?>> types;
  private final List<String> names;
  private final List<Pattern> variables;
  private final Pattern ours;

  private KnownSettings(Map<String, Class<?>> types) {
    this.types = types;
    this.names = new ArrayList<>();
    types.forEach(this::addAll);
    this.variables = names.stream().map(KnownSettings::variable).toList();
    this.ours =
        Pattern.compile(
            names.stream()
                .filter(name -> name.indexOf('.') < name.lastIndexOf('.'))
                .map(name -> name.split("\\.", -1)[1])
                .distinct()
                .collect(Collectors.joining("|", "(?i)rekey(\\..*|_(", ")[._].*)")));
  }

  static KnownSettings ofRekey() {
    var scan = new ClassPathScanningCandidateComponentProvider(false);
    scan.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
    var types = new TreeMap<String, Class<?>>();
    for (var found : scan.findCandidateComponents("dev.rekey")) {
      Class<?> type = ClassUtils.resolveClassName(String.valueOf(found.getBeanClassName()), null);
      var prefix = AnnotationUtils.findAnnotation(type, ConfigurationProperties.class);
      if (prefix != null) {
        types.put(prefix.value(), type);
      }
    }
    return new KnownSettings(types);
  }

  /** The records that settings are bound to, by prefix. */
  Map<String, Class<?>> types() {
    return types;
  }

  private void addAll(String prefix, Class<?> type) {
    for (RecordComponent component : type.getRecordComponents()) {
      String name = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
      if (List.class.isAssignableFrom(component.getType())) {
        add(name + "[]", element(component.getGenericType()));
      } else {
        add(name, component.getType());
      }
    }
  }

  private void add(String name, Class<?> type) {
    if (type.isRecord() && !ClassUtils.hasMethod(type, "of", String.class)) {
      addAll(name, type);
    } else {
      names.add(name);
    }
  }

  private static Class<?> element(Type list) {
    return (Class<?>) ((ParameterizedType) list).getActualTypeArguments()[0];
  }

  // A list can also be one text, with commas in it.
  private static Pattern variable(String name) {
    return Pattern.compile(
        name.toUpperCase(Locale.ROOT)
            .replace("-", "_?")
            .replace(".", "_")
            .replaceFirst("\\[]$", "(_[0-9]+)?")
            .replace("[]", "_[0-9]+"));
  }

  /**
   * Variables that may be meant for Rekey, and that it knows nothing of; by no means its values.
   */
  List<String> passedOver(ConfigurableEnvironment environment) {
    return sources(environment)
        .flatMap(source -> Stream.of(source.getPropertyNames()))
        .filter(name -> name.startsWith("REKEY_") && !isOurs(name) && !isKnown(name))
        .filter(name -> !OF_A_SERVICE.matcher(name).matches())
        .distinct()
        .sorted()
        .toList();
  }

  /** Also if one refers to another that is not set, which would be taken as it is written. */
  void refuseOthers(ConfigurableEnvironment environment) {
    sources(environment)
        .forEach(
            source ->
                Stream.of(source.getPropertyNames())
                    .filter(name -> isOurs(name) && !OF_A_SERVICE.matcher(name).matches())
                    .forEach(name -> refuseUnlessKnown(environment, source, name)));
  }

  private void refuseUnlessKnown(
      ConfigurableEnvironment environment, EnumerablePropertySource<?> source, String name) {
    String value = String.valueOf(source.getProperty(name));
    if (!isKnown(name) && !(value.isEmpty() && isAbove(name))) {
      throw PropertyException.unknown(name);
    }
    environment.resolveRequiredPlaceholders(value);
  }

  private static Stream<EnumerablePropertySource<?>> sources(ConfigurableEnvironment environment) {
    return environment.getPropertySources().stream()
        .mapMulti(
            (source, each) -> {
              if (source instanceof EnumerablePropertySource<?> enumerable) {
                each.accept(enumerable);
              }
            });
  }

  private boolean isOurs(String name) {
    return ours.matcher(name).matches();
  }

  private boolean isKnown(String name) {
    return name.contains(".")
        ? names.stream().anyMatch(known -> isSame(known, name))
        : variables.stream()
            .anyMatch(known -> known.matcher(name.toUpperCase(Locale.ROOT)).matches());
  }

  // As YAML says that there is nothing in it.
  private boolean isAbove(String name) {
    String bare = bare(name);
    return names.stream()
        .map(KnownSettings::bare)
        .anyMatch(known -> known.startsWith(bare + ".") || known.startsWith(bare + "[]."));
  }

  private static boolean isSame(String known, String name) {
    String bare = bare(name);
    return bare.equals(bare(known)) || bare.equals(bare(known.replaceFirst("\\[]$", "")));
  }

  private static String bare(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[-_]", "").replaceAll("\\[[0-9]+]", "[]");
  }
}
