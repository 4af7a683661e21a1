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

  private final List<String> taken = new ArrayList<>();
  private SecretMount mount;
  private ConfigTreeReloader files;

  @BeforeEach
  void mountAndFollow() {
    mount = new SecretMount(directory);
    mount.put(Map.of(PASSWORD, "first\n"));
    files = files();
    files.subscribe(PASSWORD, taken::add);
  }

  /** As it is bound from the files, and from what refers to them. */
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
  void whatChangesIsHandedOverOnceItIsTheSameTwice() {
    mount.put(Map.of(PASSWORD, "second\n"));
    files.poll();
    boolean atOnce = !taken.isEmpty();
    files.poll();
    files.poll();

    assertThat(atOnce).isFalse();
    assertThat(taken).containsExactly("second");
  }

  @Test
  void everyFurtherChangeIsHandedOverToo() {
    mount.put(Map.of(PASSWORD, "second"));
    lookTwice();
    mount.put(Map.of(PASSWORD, "third"));
    lookTwice();

    assertThat(taken).containsExactly("second", "third");
  }

  @Test
  void aFileThatIsWrittenInPlaceCountsAsWell() throws IOException {
    Files.writeString(directory.resolve(PASSWORD), "second");
    lookTwice();

    assertThat(taken).containsExactly("second");
  }

  @Test
  void whoCannotWaitGetsItAtOnce() {
    mount.put(Map.of(PASSWORD, "second"));
    files.pollNow();

    assertThat(taken).containsExactly("second");
  }

  @Test
  void aFileThatIsEmptyOrGoneLeavesWhatItHeld(CapturedOutput log) throws IOException {
    mount.put(Map.of(PASSWORD, "\n"));
    lookTwice();
    lookTwice();
    Files.delete(directory.resolve(PASSWORD));
    lookTwice();

    assertThat(taken).isEmpty();
    assertThat(log).containsOnlyOnce("The file of test.door.password is empty or cannot be read");
  }

  @Test
  void aDirectoryThatIsAwayLeavesWhatItHeld() throws IOException {
    Files.move(directory.resolve("..data"), directory.resolve("..gone"));
    lookTwice();

    assertThat(taken).isEmpty();
  }

  @Test
  void whatIsNotGoodLeavesWhatWasThereAndIsNotShown(CapturedOutput log) {
    var doors = new ArrayList<Door>();
    files.subscribe(Door.class, RELOADED, doors::add);

    mount.put(Map.of(PASSWORD, "tiny"));
    lookTwice();

    assertThat(doors).isEmpty();
    assertThat(log)
        .contains("test.door has changed", "TEST_DOOR_PASSWORD (test.door.password) size")
        .doesNotContain("tiny");
  }

  @Test
  void aSettingThatRefersToAFileChangesWithIt() {
    var doors = new ArrayList<Door>();
    files.subscribe(Door.class, RELOADED, doors::add);

    mount.put(Map.of("brass.key", "turned"));
    lookTwice();

    assertThat(doors).containsExactly(new Door("first", "turned", 2, List.of()));
  }

  @Test
  void whatIsNotReloadedStaysAsItWasAtTheStart() {
    mount.put(
        Map.of(
            "test.door.hinges", "3",
            "test.door.spares[0].key", "round",
            "test.door.spares[0].metal", "iron"));
    var doors = new ArrayList<Door>();
    files = files();
    files.subscribe(Door.class, RELOADED, doors::add);

    mount.put(Map.of("test.door.hinges", "4", "test.door.spares[0].metal", "tin"));
    lookTwice();
    boolean isLeftAlone = doors.isEmpty();
    mount.put(Map.of("test.door.hinges", "many", "test.door.spares[0].key", "square"));
    lookTwice();

    assertThat(isLeftAlone).isTrue();
    assertThat(doors)
        .containsExactly(new Door("first", "none", 3, List.of(new Door.Spare("square", "iron"))));
  }

  @Test
  void aFileThatIsNewAndNotReloadedDoesNotCount() {
    var doors = new ArrayList<Door>();
    files.subscribe(Door.class, RELOADED, doors::add);

    mount.put(Map.of("test.door.hinges", "4", PASSWORD, "second"));
    lookTwice();

    assertThat(doors).containsExactly(new Door("second", "none", 2, List.of()));
  }

  @Test
  void whatIsNotSafeLeavesWhatWasThereAndIsNamedOnceWithoutItsValue(CapturedOutput log) {
    mount.put(Map.of(PASSWORD, "swordfish"));
    lookTwice();
    mount.put(Map.of("brass.key", "turned"));
    lookTwice();
    boolean isRefused = taken.isEmpty();
    mount.put(Map.of(PASSWORD, "second"));
    lookTwice();

    assertThat(isRefused).isTrue();
    assertThat(taken).containsExactly("second");
    assertThat(log)
        .containsOnlyOnce("TEST_DOOR_PASSWORD (test.door.password) is known to all")
        .doesNotContain("swordfish");
  }

  @Test
  void whatIsNotSafeElsewhereKeepsNobodyFromChanges() {
    var keys = new ArrayList<String>();
    files.subscribe("test.door.key", keys::add);

    mount.put(Map.of(PASSWORD, "swordfish", "brass.key", "turned"));
    lookTwice();

    assertThat(taken).isEmpty();
    assertThat(keys).containsExactly("turned");
  }

  @Test
  void whatCannotBeUsedYetIsTriedAgain(CapturedOutput log) {
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
  void oneWhoCannotWorkWithItDoesNotKeepItFromOthers() {
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
      throw new PropertyException(PASSWORD, "is known to all");
    }
  }

  private void lookTwice() {
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
