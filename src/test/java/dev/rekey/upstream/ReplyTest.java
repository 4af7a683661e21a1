package dev.rekey.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.platform.PathId;
import dev.rekey.upstream.Reply.Flaw;
import dev.rekey.upstream.Reply.Loss;
import dev.rekey.upstream.Reply.Obstacle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyTest {

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 409, 422, 429, 451, 501})
  void refusalsHaveAKnownOutcome(int status) {
    var reply = new Reply.ErrorStatus<Object>(status, "", null);

    assertThat(reply.isRefusal()).isTrue();
    assertThat(reply.isOutcomeUnknown()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 408, 499, 500, 502, 503, 504})
  void otherStatusesHaveAnUnknownOutcome(int status) {
    var reply = new Reply.ErrorStatus<Object>(status, "", null);

    assertThat(reply.isRefusal()).isFalse();
    assertThat(reply.isOutcomeUnknown()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void requestsThatWereNotSentHaveAKnownOutcome(Obstacle obstacle) {
    assertThat(new Reply.NotSent<>(obstacle).isOutcomeUnknown()).isFalse();
  }

  @Test
  void lostAndUnusableResponsesHaveAnUnknownOutcome() {
    assertThat(new Reply.Lost<>(Loss.TIMED_OUT).isOutcomeUnknown()).isTrue();
    assertThat(new Reply.Unusable<>(Flaw.UNPARSABLE).isOutcomeUnknown()).isTrue();
    assertThat(new Reply.Success<>("value").isOutcomeUnknown()).isFalse();
  }

  @Test
  void aMintWithoutSecretIsUnusableButKeepsTheId() {
    var id = PathId.of("id");
    var credential =
        new Reply.Success<>(
            new UpstreamCredential(id, null, null, null, null, null, null, null, null, null, null));

    assertThat(Minted.of(credential, null))
        .isEqualTo(new Reply.Unusable<Minted>(Flaw.SECRET_MISSING, id));
    assertThat(Minted.of(credential, Secret.of("")))
        .isEqualTo(new Reply.Unusable<Minted>(Flaw.SECRET_MISSING, id));
    assertThat(Minted.of(credential, Secret.of("s"))).isInstanceOf(Reply.Success.class);
  }
}
