package dev.rekey.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.access.Permit;
import dev.rekey.access.Permits;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Equal requests have equal content, and different requests have different content. */
class RequestIdentityTest {

  private static final Submission SUBMISSION = Submission.under(null);
  private static final Permit.Write PERMIT = Permits.write("alice", FakeUpstream.SUBJECT);
  private static final IdempotencyKey KEY = Objects.requireNonNull(IdempotencyKey.of(List.of("k")));
  private static final PathId OLD = PathId.of("c1");
  private static final UUID LOST = UUID.fromString("0197f0a0-0000-7000-8000-000000000001");

  @Test
  void equalRequestsHaveEqualContent() {
    assertThat(replace(OLD, "build", "nightly", Duration.ofHours(1), true))
        .isEqualTo(replace(PathId.of("c1"), "build", "nightly", Duration.ofMinutes(60), true));
    assertThat(create("build", null)).isEqualTo(create("build", null));
    assertThat(RequestIdentity.reissue(PERMIT, LOST, SUBMISSION).content())
        .isEqualTo(
            RequestIdentity.reissue(PERMIT, UUID.fromString(LOST.toString()), SUBMISSION)
                .content());
  }

  @Test
  void everyPartOfARequestChangesItsContent() {
    Duration hour = Duration.ofHours(1);
    Subject other = new Subject(FakeUpstream.NAME, "apps/crm/connectors/github");

    assertThat(
            List.of(
                RequestIdentity.rotate(PERMIT, SUBMISSION).content(),
                RequestIdentity.rotate(Permits.write("alice", other), SUBMISSION).content(),
                create("build", null),
                create("build", ""),
                create("build", "nightly"),
                create("build2", "nightly"),
                replace(OLD, null, null, null, false),
                replace(PathId.of("c2"), null, null, null, false),
                replace(OLD, "build", null, null, false),
                replace(OLD, null, "build", null, false),
                replace(OLD, null, null, hour, false),
                replace(OLD, null, null, Duration.ZERO, false),
                replace(OLD, null, null, null, true),
                RequestIdentity.reissue(PERMIT, LOST, SUBMISSION).content(),
                RequestIdentity.reissue(PERMIT, new UUID(0, 1), SUBMISSION).content()))
        .doesNotHaveDuplicates();
  }

  @Test
  void neitherTheKeyNorTheCallerIsPartOfTheContent() {
    var keyed = Submission.under(KEY);

    assertThat(RequestIdentity.rotate(Permits.write("bob", FakeUpstream.SUBJECT), keyed).content())
        .isEqualTo(RequestIdentity.rotate(PERMIT, SUBMISSION).content());
  }

  @Test
  void noTwoListsOfPartsHaveTheSameText() {
    List<@Nullable String> parts = new ArrayList<>();
    parts.add(null);
    parts.addAll(List.of("", "-", "0:", "1:a", "a", "a-", "1", "12:a", ":"));
    var texts = new HashSet<String>();
    int lists = 0;
    for (String first : parts) {
      for (String second : parts) {
        for (String third : parts) {
          texts.add(RequestIdentity.canonical(first, second, third));
          lists++;
        }
        texts.add(RequestIdentity.canonical(first, second));
        lists++;
      }
      texts.add(RequestIdentity.canonical(first));
      lists++;
    }

    assertThat(texts).hasSize(lists);
  }

  /** The database keeps hashes of the content, also across an upgrade. */
  @Test
  void theContentIsTheSameInEveryVersion() {
    assertThat(
            Stream.of(
                    RequestIdentity.rotate(PERMIT, SUBMISSION).content(),
                    create("build", null),
                    replace(OLD, "build", null, Duration.ofHours(1), true),
                    RequestIdentity.reissue(PERMIT, LOST, SUBMISSION).content())
                .toList())
        .containsExactly(
            "apps/crm/connectors/okta",
            "47:apps/crm/connectors/okta/credentials?name=build5:build-",
            "39:apps/crm/connectors/okta/credentials/c15:build-4:PT1H4:true",
            "7:reissue36:0197f0a0-0000-7000-8000-000000000001");
  }

  private static String create(String name, @Nullable String description) {
    return RotationRequest.create(
            PERMIT, new FakeUpstream(), new CredentialNaming(name, description), SUBMISSION)
        .identity()
        .content();
  }

  private static String replace(
      PathId old,
      @Nullable String name,
      @Nullable String description,
      @Nullable Duration grace,
      boolean confirmOnFirstUse) {
    var terms =
        new RotationTerms(new CredentialNaming(name, description), grace, confirmOnFirstUse);
    return RequestIdentity.replace(PERMIT, old, terms, KEY).content();
  }
}
