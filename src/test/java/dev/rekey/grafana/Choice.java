package dev.rekey.grafana;

import java.util.List;

/** The values that a viewer chose for a variable. */
sealed interface Choice {

  /** One value. */
  record One(String value) implements Choice {}

  /** Values of a variable that takes several. */
  record Some(List<String> values) implements Choice {}

  /** The option All, with the text that stands for all values. */
  record All(String text) implements Choice {}
}
