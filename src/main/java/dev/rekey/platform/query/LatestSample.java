package dev.rekey.platform.query;

import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What was seen when the background looked last, for gauges to show. Before the first look, and
 * after one that failed, it is nothing: what was there before may long be otherwise, and the other
 * replicas, which can look, are to be believed instead. Safe for threads.
 */
public final class LatestSample<T> {

  private volatile @Nullable T seen;

  /** Observations, and remembers what was seen; forgets what was seen before if this throws. */
  public void look(Supplier<T> look) {
    try {
      seen = look.get();
    } catch (RuntimeException e) {
      seen = null;
      throw e;
    }
  }

  /** A number of what was seen; NaN, which a maximum passes over, if that is nothing. */
  public double number(ToDoubleFunction<T> number) {
    T last = seen;
    return last == null ? Double.NaN : number.applyAsDouble(last);
  }
}
