package dev.rekey.platform.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.platform.Values;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class FieldsTest {

  private static final JsonMapper JSON = JsonMapper.shared();

  private record Tree(
      String name, @Nullable Integer age, Crown crown, @Nullable Crown second, List<Bird> birds) {}

  private record Crown(int width, Leaf leaf) {}

  private record Leaf(String colour, List<String> veins) {}

  private record Bird(String name, @Nullable Leaf eats) {}

  private static final Leaf GREEN = new Leaf("green", List.of("a", "b"));
  private static final Tree OAK =
      new Tree(
          "oak",
          null,
          new Crown(9, GREEN),
          null,
          List.of(new Bird("wren", GREEN), new Bird("tit", null)));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "name | {\"name\":\"oak\"}",
        "age,name | {\"name\":\"oak\",\"age\":null}",
        "crown.width | {\"crown\":{\"width\":9}}",
        "crown.leaf.veins,crown.leaf.veins | {\"crown\":{\"leaf\":{\"veins\":[\"a\",\"b\"]}}}",
        "crown.leaf.colour,crown.leaf |"
            + " {\"crown\":{\"leaf\":{\"colour\":\"green\",\"veins\":[\"a\",\"b\"]}}}",
        "second.width,second.leaf.colour | {\"second\":null}",
        "birds.name | {\"birds\":[{\"name\":\"wren\"},{\"name\":\"tit\"}]}",
        "birds.eats.colour | {\"birds\":[{\"eats\":{\"colour\":\"green\"}},{\"eats\":null}]}",
        "BIRDS.Name | {\"birds\":[{\"name\":\"wren\"},{\"name\":\"tit\"}]}"
      })
  void itemHasTheNamedMembersOnly(String fields, String expected) {
    assertThat(written(Values.of(fields), OAK)).isEqualTo(expected);
  }

  @Test
  void namesMayBeRepeatedParameters() {
    assertThat(written(Values.of("age", "name"), OAK)).isEqualTo("{\"name\":\"oak\",\"age\":null}");
  }

  @Test
  void emptyListStaysAList() {
    var bare = new Tree("oak", 3, new Crown(1, GREEN), null, List.of());

    assertThat(written(Values.of("birds.eats.veins"), bare)).isEqualTo("{\"birds\":[]}");
  }

  @Test
  void wholeItemIsAsJacksonWritesIt() {
    assertThat(written(null, OAK)).isEqualTo(JSON.writeValueAsString(OAK));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"colour", "crown.colour", "birds.", ".name", "name,", "name.first", "crown leaf"})
  void problemOfAnUnknownNameListsTheKnown(String unknown) {
    assertThatThrownBy(() -> Fields.of(Tree.class, Values.of(unknown)))
        .isInstanceOfSatisfying(
            ProblemException.class,
            thrown -> {
              assertThat(thrown.type()).isEqualTo(ProblemType.INVALID_PARAMETER);
              assertThat(thrown)
                  .hasMessageContaining(
                      "fields has to be one or more of [name, age, crown, crown.width, crown.leaf,"
                          + " crown.leaf.colour, crown.leaf.veins, second,");
            });
  }

  @Test
  void contentTypeSaysWhetherItemsArePartial() {
    assertThat(Fields.of(Tree.class, null).contentType()).hasToString("application/json");
    assertThat(Fields.of(Tree.class, Values.of("age")).contentType())
        .hasToString("application/json;items=partial");
  }

  private static String written(@Nullable Values fields, Tree tree) {
    return JSON.writeValueAsString(Fields.of(Tree.class, fields).item(tree));
  }
}
