package dev.rekey.run;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.PullResponseItem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.ImageNameSubstitutor;
import org.testcontainers.utility.TestcontainersConfiguration;

/**
 * A container engine that responds. It may still be unable to pull an image, which Testcontainers
 * would only notice after minutes.
 */
final class ContainerEngine {

  /** How long a pull may show no sign of life. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final DockerClient client;
  private final Duration patience;

  ContainerEngine(DockerClient client, Duration patience) {
    this.client = client;
    this.patience = patience;
  }

  /** The engine that Testcontainers would use; empty if none responds. */
  static Optional<ContainerEngine> find() {
    try {
      var transport = DockerClientFactory.instance().getTransportConfig();
      var client = DockerClientProviderStrategy.getClientForConfig(transport);
      return Optional.of(new ContainerEngine(client, PATIENCE));
    } catch (IllegalStateException _) {
      return Optional.empty();
    }
  }

  /** The image and those that Testcontainers needs for any container. */
  @SuppressWarnings("deprecation") // Nothing else names the reaper's image.
  static List<String> imagesFor(String image) {
    boolean isReaperDisabled =
        Boolean.parseBoolean(System.getenv().getOrDefault("TESTCONTAINERS_RYUK_DISABLED", ""));
    return Stream.of(TestcontainersConfiguration.getInstance().getRyukImage(), image)
        .skip(isReaperDisabled ? 1 : 0)
        .map(name -> ImageNameSubstitutor.instance().apply(DockerImageName.parse(name)))
        .map(DockerImageName::asCanonicalNameString)
        .toList();
  }

  /** Pulls the missing images. Returns why that failed, within seconds; null if it worked. */
  @Nullable String pull(List<String> images) {
    for (String image : images) {
      try {
        String failure = has(image) ? null : pull(image);
        if (failure != null) {
          return "it cannot pull " + image + ": " + failure;
        }
      } catch (RuntimeException e) {
        return "it cannot pull " + image + ": " + oneLine(e.getMessage());
      }
    }
    return null;
  }

  private boolean has(String image) {
    try {
      client.inspectImageCmd(image).exec();
      return true;
    } catch (NotFoundException _) {
      return false;
    }
  }

  private @Nullable String pull(String image) {
    try (var pull = new Pull()) {
      client.pullImageCmd(image).exec(pull);
      return pull.await(patience);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String oneLine(@Nullable String message) {
    return String.valueOf(message).strip().replaceAll("\\s*\\R\\s*", " ");
  }

  /** Receives the signs of life of a pull. */
  private static final class Pull extends ResultCallback.Adapter<PullResponseItem> {

    private final CountDownLatch done = new CountDownLatch(1);
    private volatile long lastSign = System.nanoTime();
    private volatile @Nullable String failure;

    @Override
    public void onNext(PullResponseItem item) {
      lastSign = System.nanoTime();
      if (item.isErrorIndicated()) {
        var detail = item.getErrorDetail();
        failure = oneLine(detail == null ? null : detail.getMessage());
      }
    }

    @Override
    public void onError(Throwable thrown) {
      failure = oneLine(thrown.getMessage());
      done.countDown();
    }

    @Override
    public void onComplete() {
      done.countDown();
    }

    @Nullable String await(Duration patience) {
      try {
        while (!done.await(100, TimeUnit.MILLISECONDS)) {
          if (System.nanoTime() - lastSign > patience.toNanos()) {
            return "nothing happened for " + patience.toSeconds() + " s";
          }
        }
        return failure;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return "interrupted";
      }
    }
  }
}
