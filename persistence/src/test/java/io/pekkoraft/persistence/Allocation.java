package io.pekkoraft.persistence;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** How many bytes the present thread has allocated since this was made. */
public final class Allocation {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());

  public long bytes() {
    return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
  }
}
