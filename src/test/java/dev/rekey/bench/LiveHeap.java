package dev.rekey.bench;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/**
 * Measures the growth of live heap: the maximum after any collection, minus the size at the start.
 */
final class LiveHeap implements AutoCloseable, NotificationListener {

  private final AtomicLong most = new AtomicLong();
  private final long before;

  LiveHeap() {
    System.gc();
    before = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    collectors(collector -> collector.addNotificationListener(this, null, null));
  }

  private interface Action {
    void on(NotificationEmitter collector) throws Exception;
  }

  private static void collectors(Action action) {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      try {
        action.on((NotificationEmitter) collector);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public void handleNotification(Notification notification, Object handback) {
    var collection =
        GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData());
    long left =
        collection.getGcInfo().getMemoryUsageAfterGc().entrySet().stream()
            .filter(pool -> pool.getKey().startsWith("G1"))
            .map(java.util.Map.Entry::getValue)
            .mapToLong(MemoryUsage::getUsed)
            .sum();
    most.accumulateAndGet(left, Math::max);
  }

  long growthBytes() {
    System.gc();
    return Math.max(0, most.get() - before);
  }

  @Override
  public void close() {
    collectors(collector -> collector.removeNotificationListener(this));
  }
}
