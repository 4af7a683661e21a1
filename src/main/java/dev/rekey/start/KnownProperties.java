package dev.rekey.start;

import dev.rekey.platform.settings.PropertyException;
import dev.rekey.platform.settings.PropertyFaults;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Comparator;
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
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

/**
 * The properties of Rekey's records. Refuses unknown ones, which are probably misspelt: all
 * properties under {@code rekey}, and variables that start with {@code REKEY_UPSTREAMS_}, {@code
 * REKEY_ACCESS_} and so on. Other variables that start with {@code REKEY_} may belong to another
 * program: Kubernetes sets some for each Service.
 */
final class KnownProperties {

  private static final Pattern OF_A_KUBERNETES_SERVICE =
      Pattern.compile(
          ".*_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT|PORT_[0-9]+_[A-Z]+(_(PROTO|PORT|ADDR))?)");

  private final Map<Class<?>, String> types;
  private final List<String> names;
  private final List<Pattern> variables;
  private final Pattern own;

  private KnownProperties(Map<Class<?>, String> types) {
    this.types = types;
    this.names = new ArrayList<>();
    types.forEach((type, prefix) -> addAll(prefix, type));
    this.variables = names.stream().map(KnownProperties::variable).toList();
    this.own =
        Pattern.compile(
            names.stream()
                .filter(name -> name.indexOf('.') < name.lastIndexOf('.'))
                .map(name -> name.split("\\.", -1)[1].replace("[]", ""))
                .distinct()
                .collect(Collectors.joining("|", "(?i)rekey(\\..*|_(", ")[._].*)")));
  }

  static KnownProperties ofRekey() {
    var scan = new ClassPathScanningCandidateComponentProvider(false);
    scan.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
    var types =
        new TreeMap<Class<?>, String>(
            Comparator.comparing(KnownProperties::prefix).thenComparing(Class::getName));
    for (var found : scan.findCandidateComponents("dev.rekey")) {
      Class<?> type = ClassUtils.resolveClassName(String.valueOf(found.getBeanClassName()), null);
      types.put(type, prefix(type));
    }
    return new KnownProperties(types);
  }

  private static String prefix(Class<?> type) {
    return MergedAnnotations.from(type).get(ConfigurationProperties.class).getString("prefix");
  }

  /** The records that properties are bound to, and their prefixes, in the order of the prefixes. */
  Map<Class<?>, String> types() {
    return types;
  }

  private void addAll(String prefix, Class<?> type) {
    for (RecordComponent component : type.getRecordComponents()) {
      String name = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
      if (List.class.isAssignableFrom(component.getType())) {
        var list = (ParameterizedType) component.getGenericType();
        add(name + "[]", (Class<?>) list.getActualTypeArguments()[0]);
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

  // A list can also be one text with commas.
  private static Pattern variable(String name) {
    return Pattern.compile(
        name.toUpperCase(Locale.ROOT)
            .replace("-", "_?")
            .replace(".", "_")
            .replaceFirst("\\[]$", "(_[0-9]+)?")
            .replace("[]", "_[0-9]+"));
  }

  /** The names of variables that Rekey ignores, although they may be meant for it. */
  List<String> unknownVariables(ConfigurableEnvironment environment) {
    return sources(environment)
        .flatMap(source -> Stream.of(source.getPropertyNames()))
        .filter(name -> name.startsWith("REKEY_") && !isOwn(name) && !isKnown(name))
        .filter(name -> !OF_A_KUBERNETES_SERVICE.matcher(name).matches())
        .distinct()
        .sorted()
        .toList();
  }

  /** Also finds unresolved placeholders, which would be used literally. */
  void checkUnknown(ConfigurableEnvironment environment, PropertyFaults faults) {
    sources(environment)
        .forEach(
            source ->
                Stream.of(source.getPropertyNames())
                    .filter(name -> isOwn(name) && !OF_A_KUBERNETES_SERVICE.matcher(name).matches())
                    .sorted()
                    .forEach(
                        name -> faults.check(() -> refuseUnlessKnown(environment, source, name))));
  }

  private void refuseUnlessKnown(
      ConfigurableEnvironment environment, EnumerablePropertySource<?> source, String name) {
    String value = String.valueOf(source.getProperty(name));
    if (!isKnown(name) && !(value.isEmpty() && isPrefix(name))) {
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

  private boolean isOwn(String name) {
    return own.matcher(name).matches();
  }

  private boolean isKnown(String name) {
    return name.contains(".")
        ? names.stream().anyMatch(known -> isSame(known, name))
        : variables.stream()
            .anyMatch(known -> known.matcher(name.toUpperCase(Locale.ROOT)).matches());
  }

  // YAML writes an empty map or list as an empty text.
  private boolean isPrefix(String name) {
    String bare = bare(name);
    return names.stream()
        .map(KnownProperties::bare)
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
