package dev.rekey.facade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekey.facade.KeycardWire.CreateRequest;
import dev.rekey.facade.KeycardWire.RotateRequest;
import dev.rekey.facade.KeycardWire.UpdateRequest;
import dev.rekey.platform.PathId;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.keycard.Keycard;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeycardWireTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "Zahlung ✓ 決済 😀", "[rekey]"})
  void aNameIsTakenAsItIs(String name) {
    assertThat(new CreateRequest(name, null).naming()).isEqualTo(new CredentialNaming(name, null));
  }

  @Test
  void aNameHasUpTo255Characters() {
    String longest = "😀".repeat(255);

    assertThat(new CreateRequest(longest, null).naming().name()).isEqualTo(longest);
    assertRefused(() -> new CreateRequest(longest + "a", null).naming());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "a\u0000b", "a\u001bb", "a\ud800b"})
  void anUnusableNameIsRefused(String name) {
    assertRefused(() -> new CreateRequest(name, null).naming());
    assertRefused(() -> new UpdateRequest(name, null).naming());
    assertRefused(() -> new RotateRequest(name, null, null, null).terms());
  }

  @Test
  void aDescriptionMayHaveLinesButNoOtherControlCharacters() {
    assertThat(new CreateRequest("a", "one\r\n\ttwo").naming().description())
        .isEqualTo("one\r\n\ttwo");
    assertRefused(() -> new CreateRequest("a", "bell\u0007").naming());
  }

  @Test
  void aDescriptionHasUpTo500Characters() {
    String longest = "d".repeat(Keycard.MAX_DESCRIPTION);

    assertThat(longest).hasSize(500);
    assertThat(new CreateRequest("a", longest).naming().description()).isEqualTo(longest);
    assertThat(new RotateRequest(null, null, null, null).namingAfter(credential("a", longest)))
        .isEqualTo(new CredentialNaming("a", longest));
    assertRefused(() -> new CreateRequest("a", longest + "d").naming());
  }

  @Test
  void rekeysTagIsReserved() {
    var problem =
        problemOf(
            () -> new CreateRequest("a", "[rekey:0197f0a0-0000-7000-8000-000000000001]").naming());

    assertThat(problem.type()).isEqualTo(ProblemType.RESERVED_TEXT);
  }

  @Test
  void whatIsRequiredIsRequired() {
    assertRefused(() -> new CreateRequest(null, "d").naming());
    assertThat(new RotateRequest(null, null, null, null).terms().naming())
        .isEqualTo(CredentialNaming.NONE);
  }

  @Test
  void anUpdateMayChangeNothing() {
    assertThat(new UpdateRequest(null, null).naming()).isEqualTo(CredentialNaming.NONE);
  }

  @Test
  void aRotationCopiesTheOldCredentialsMissingParts() {
    UpstreamCredential old = credential("build", "nightly");

    assertThat(new RotateRequest(null, null, null, null).namingAfter(old))
        .isEqualTo(new CredentialNaming("build", "nightly"));
    assertThat(new RotateRequest("build 2", null, null, null).namingAfter(old))
        .isEqualTo(new CredentialNaming("build 2", "nightly"));
    assertThat(new RotateRequest(null, "weekly", null, null).namingAfter(credential(null, null)))
        .isEqualTo(new CredentialNaming(null, "weekly"));
  }

  private static UpstreamCredential credential(
      @Nullable String name, @Nullable String description) {
    return new UpstreamCredential(
        PathId.of("c1"), null, name, description, null, null, null, null, null, null, null);
  }

  private static void assertRefused(Supplier<Object> request) {
    assertThat(problemOf(request).type()).isEqualTo(ProblemType.INVALID_REQUEST);
  }

  private static ProblemException problemOf(Supplier<Object> request) {
    return catchThrowableOfType(ProblemException.class, request::get);
  }
}
