package io.pekkoraft.testkit.bench;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** Notes how much heap is in use after each garbage collection of this process. */
final class HeapWatch {
  private static final AtomicLong MOST = new AtomicLong();

  private HeapWatch() {}

  static void start() {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      if (collector instanceof NotificationEmitter emitter) {
        emitter.addNotificationListener((notification, context) -> note(notification), null, null);
      }
    }
  }

  private static void note(Notification notification) {
    if (notification
        .getType()
        .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
      long used =
          GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData())
              .getGcInfo()
              .getMemoryUsageAfterGc()
              .entrySet()
              .stream()
              .filter(pool -> isHeap(pool.getKey()))
              .map(pool -> pool.getValue())
              .mapToLong(MemoryUsage::getUsed)
              .sum();
      MOST.accumulateAndGet(used, Math::max);
    }
  }

  /** As the pools of the collectors of this JDK are named; the others hold code and classes. */
  private static boolean isHeap(String pool) {
    return pool.contains("Eden")
        || pool.contains("Survivor")
        || pool.contains("Old")
        || pool.contains("Tenured")
        || pool.contains("ZHeap")
        || pool.contains("Shenandoah");
  }

  /** In bytes; 0 before the first collection. */
  static long mostAfterCollection() {
    return MOST.get();
  }
}
