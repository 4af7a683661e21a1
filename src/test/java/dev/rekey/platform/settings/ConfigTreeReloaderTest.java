package dev.rekey.platform.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.platform.settings.ConfigTreeReloader.NotYetException;
import dev.rekey.run.SecretMount;
import jakarta.validation.Validation;
import jakarta.validation.constraints.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.validation.annotation.Validated;

@ExtendWith(OutputCaptureExtension.class)
class ConfigTreeReloaderTest {

  private static final String PASSWORD = "test.door.password";
  private static final List<String> RELOADED = List.of("password", "key", "spares[0].key");

  @TempDir private Path directory;

  private final List<String> received = new ArrayList<>();
  private SecretMount mount;
  private ConfigTreeReloader files;

  @BeforeEach
  void mountAndSubscribe() {
    mount = new SecretMount(directory);
    mount.put(Map.of(PASSWORD, "first\n"));
    files = files();
    files.subscribe(PASSWORD, received::add);
  }

  /** Bound from the files, and from a property that refers to one. */
  @Validated
  @ConfigurationProperties("test.door")
  record Door(
      @Size(min = 5) String password,
      String key,
      @DefaultValue("2") int hinges,
      @DefaultValue List<Spare> spares) {

    record Spare(String key, @DefaultValue("brass") String metal) {}
  }

  @Test
  void changeIsPassedOnOnceTwoPollsHaveReadIt() {
    mount.put(Map.of(PASSWORD, "second\n"));
    files.poll();
    boolean atOnce = !received.isEmpty();
    files.poll();
    files.poll();

    assertThat(atOnce).isFalse();
    assertThat(received).containsExactly("second");
  }

  @Test
  void everyLaterChangeIsPassedOn() {
    mount.put(Map.of(PASSWORD, "second"));
    pollTwice();
    mount.put(Map.of(PASSWORD, "third"));
    pollTwice();

    assertThat(received).containsExactly("second", "third");
  }

  @Test
  void fileThatIsWrittenInPlaceIsRead() throws IOException {
    Files.writeString(directory.resolve(PASSWORD), "second");
    pollTwice();

    assertThat(received).containsExactly("second");
  }

  @Test
  void pollNowPassesAChangeOnAtOnce() {
    mount.put(Map.of(PASSWORD, "second"));
    files.pollNow();

    assertThat(received).containsExactly("second");
  }

  @Test
  void emptyOrMissingFileKeepsTheOldValue(CapturedOutput log) throws IOException {
    mount.put(Map.of(PASSWORD, "\n"));
    pollTwice();
    pollTwice();
    Files.delete(directory.resolve(PASSWORD));
    pollTwice();

    assertThat(received).isEmpty();
    assertThat(log).containsOnlyOnce("The file of test.door.password is empty or unreadable");
  }

  @Test
  void missingDirectoryKeepsTheOldValue() throws IOException {
    Files.move(directory.resolve("..data"), directory.resolve("..gone"));
    pollTwice();

    assertThat(received).isEmpty();
  }

  @Test
  void invalidValueKeepsTheOldOneAndIsNotLogged(CapturedOutput log) {
    var doors = new ArrayList<Door>();
    files.subscribe(Door.class, RELOADED, doors::add);

    mount.put(Map.of(PASSWORD, "tiny"));
    pollTwice();

    assertThat(doors).isEmpty();
    assertThat(log)
        .contains("test.door changed", "TEST_DOOR_PASSWORD (test.door.password) size")
        .doesNotContain("tiny");
  }

  @Test
  void propertyThatRefersToAFileChangesWithIt() {
    var doors = new ArrayList<Door>();
    files.subscribe(Door.class, RELOADED, doors::add);

    mount.put(Map.of("brass.key", "turned"));
    pollTwice();

    assertThat(doors).containsExactly(new Door("first", "turned", 2, List.of()));
  }

  @Test
  void propertyThatIsNotReloadedKeepsItsValue() {
    mount.put(
        Map.of(
            "test.door.hinges", "3",
            "test.door.spares[0].key", "round",
            "test.door.spares[0].metal", "iron"));
    var doors = new ArrayList<Door>();
    files = files();
    files.subscribe(Door.class, RELOADED, doors::add);

    mount.put(Map.of("test.door.hinges", "4", "test.door.spares[0].metal", "tin"));
    pollTwice();
    boolean isUnchanged = doors.isEmpty();
    mount.put(Map.of("test.door.hinges", "many", "test.door.spares[0].key", "square"));
    pollTwice();

    assertThat(isUnchanged).isTrue();
    assertThat(doors)
        .containsExactly(new Door("first", "none", 3, List.of(new Door.Spare("square", "iron"))));
  }

  @Test
  void newFileOfAPropertyThatIsNotReloadedIsIgnored() {
    var doors = new ArrayList<Door>();
    files.subscribe(Door.class, RELOADED, doors::add);

    mount.put(Map.of("test.door.hinges", "4", PASSWORD, "second"));
    pollTwice();

    assertThat(doors).containsExactly(new Door("second", "none", 2, List.of()));
  }

  @Test
  void unsafeValueKeepsTheOldOneAndIsReportedOnceWithoutIt(CapturedOutput log) {
    mount.put(Map.of(PASSWORD, "swordfish"));
    pollTwice();
    mount.put(Map.of("brass.key", "turned"));
    pollTwice();
    boolean isRefused = received.isEmpty();
    mount.put(Map.of(PASSWORD, "second"));
    pollTwice();

    assertThat(isRefused).isTrue();
    assertThat(received).containsExactly("second");
    assertThat(log)
        .containsOnlyOnce("TEST_DOOR_PASSWORD (test.door.password) is well known")
        .doesNotContain("swordfish");
  }

  @Test
  void unsafeValueOfAnotherPropertyBlocksNoChange() {
    var keys = new ArrayList<String>();
    files.subscribe("test.door.key", keys::add);

    mount.put(Map.of(PASSWORD, "swordfish", "brass.key", "turned"));
    pollTwice();

    assertThat(received).isEmpty();
    assertThat(keys).containsExactly("turned");
  }

  @Test
  void postponedValueIsTriedAgain(CapturedOutput log) {
    var tries = new ArrayList<String>();
    files.subscribe(
        PASSWORD,
        text -> {
          tries.add(text);
          if (tries.size() < 3) {
            throw new NotYetException("the lock is stuck");
          }
        });

    mount.put(Map.of(PASSWORD, "second"));
    files.pollNow();
    files.pollNow();
    files.pollNow();
    files.pollNow();

    assertThat(tries).containsExactly("second", "second", "second");
    assertThat(log).containsOnlyOnce("not in use yet: the lock is stuck");
  }

  @Test
  void failingConsumerBlocksNoOther() {
    var others = new ArrayList<String>();
    var more = files();
    more.subscribe(
        PASSWORD,
        _ -> {
          throw new PropertyException(PASSWORD, "has to be another");
        });
    more.subscribe(PASSWORD, others::add);

    mount.put(Map.of(PASSWORD, "second"));
    more.pollNow();

    assertThat(others).containsExactly("second");
  }

  private static void refuseUnsafe(Binder settings) {
    if (settings.bind(PASSWORD, String.class).orElse("").equals("swordfish")) {
      throw new PropertyException(PASSWORD, "is well known");
    }
  }

  private void pollTwice() {
    files.poll();
    files.poll();
  }

  private ConfigTreeReloader files() {
    return new ConfigTreeReloader(
        mount.environment(Map.of("test.door.key", "${brass.key:none}")),
        Validation.buildDefaultValidatorFactory().getValidator(),
        List.of(ConfigTreeReloaderTest::refuseUnsafe));
  }
}
