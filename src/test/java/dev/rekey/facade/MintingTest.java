package dev.rekey.facade;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class MintingTest {

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", " ", "0", " 0 "})
  void aFirstRequestIsNoRetry(@Nullable String retryCount) {
    assertThat(Minting.submission(null, retryCount).isClientRetry()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2", " 1 ", "-1", "many"})
  void anyOtherCountIsARetry(String retryCount) {
    assertThat(Minting.submission(null, retryCount).isClientRetry()).isTrue();
  }
}
