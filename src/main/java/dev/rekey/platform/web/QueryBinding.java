package dev.rekey.platform.web;

import java.beans.PropertyEditorSupport;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.servlet.support.ExtendedServletRequestDataBinder;

/** Makes Spring read query parameters, and records of them, as the API describes them. */
@ControllerAdvice
class QueryBinding {

  @InitBinder
  void initialize(WebDataBinder binder) {
    // By default Spring also reads a header of a missing parameter's name, such as From.
    if (binder instanceof ExtendedServletRequestDataBinder servlet) {
      servlet.setHeaderPredicate(_ -> false);
    }
    binder.setDeclarativeBinding(true);
    // Editors, since Spring uses its own editor if a converter fails.
    binder.registerCustomEditor(Integer.class, new DecimalEditor(Integer::valueOf));
    binder.registerCustomEditor(Long.class, new DecimalEditor(Long::valueOf));
    binder.registerCustomEditor(String[].class, new TextsEditor());
  }

  /** Leaves a text with commas whole. Spring's own editor splits one text, but not several. */
  private static final class TextsEditor extends PropertyEditorSupport {

    @Override
    public void setAsText(String text) {
      setValue(new String[] {text});
    }
  }

  /** Spring's own editor also accepts hexadecimal numbers, spaces and a plus sign. */
  private static final class DecimalEditor extends PropertyEditorSupport {

    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]+");

    private final Function<String, Number> parse;

    DecimalEditor(Function<String, Number> parse) {
      this.parse = parse;
    }

    @Override
    public void setAsText(String text) {
      if (!DECIMAL.matcher(text).matches()) {
        throw new NumberFormatException("not a decimal number");
      }
      setValue(parse.apply(text));
    }
  }
}
