package sandbox.gateway;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import sandbox.wire.Upstream;

/** Every secret minted so far, without seeds. The tests for "never minted twice" count these. */
@Component
public final class Mints {
  private final List<Mint> mints = new ArrayList<>();

  /**
   * One minted secret.
   *
   * @param description from the minting call; null if none was sent
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Mint(
      Upstream upstream,
      String subject,
      String credentialId,
      @Nullable String description,
      Instant at) {}

  public synchronized void add(Mint mint) {
    mints.add(mint);
  }

  public synchronized List<Mint> all() {
    return List.copyOf(mints);
  }

  public synchronized void clear() {
    mints.clear();
  }
}
