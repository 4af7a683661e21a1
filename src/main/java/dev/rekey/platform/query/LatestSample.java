package dev.rekey.platform.query;

import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The latest sample of a measurement, for gauges. It is empty before the first measurement and
 * after one that failed, since an old value may be wrong and other replicas have newer ones.
 * Thread-safe.
 */
public final class LatestSample<T> {

  private volatile @Nullable T value;

  /** Measures and keeps the sample; clears it if this throws. */
  public void take(Supplier<T> measurement) {
    try {
      value = measurement.get();
    } catch (RuntimeException e) {
      value = null;
      throw e;
    }
  }

  public Optional<T> get() {
    return Optional.ofNullable(value);
  }

  /** A number of the sample; NaN, which a maximum ignores, if it is empty. */
  public double number(ToDoubleFunction<T> number) {
    return get().map(latest -> number.applyAsDouble(latest)).orElse(Double.NaN);
  }
}
