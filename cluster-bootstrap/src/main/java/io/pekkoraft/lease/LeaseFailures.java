package io.pekkoraft.lease;

import java.util.concurrent.CompletionException;
import org.apache.pekko.coordination.lease.LeaseException;
import org.apache.pekko.coordination.lease.LeaseSettings;
import org.apache.pekko.coordination.lease.LeaseTimeoutException;
import org.jspecify.annotations.Nullable;

/** What a lease's caller is told when it cannot be told yes or no: of which lease, and why. */
final class LeaseFailures {
  private final LeaseSettings settings;

  LeaseFailures(LeaseSettings settings) {
    this.settings = settings;
  }

  /**
   * Nobody can say what has become of the request.
   *
   * @param failure what came instead of an answer; null if only time was over
   */
  LeaseException unknown(String what, @Nullable Throwable failure) {
    if (failure == null) {
      return timedOut(what);
    }
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    LeaseException unknown = new LeaseException(about(what + ": " + cause));
    unknown.initCause(cause);
    return unknown;
  }

  LeaseTimeoutException timedOut(String what) {
    return new LeaseTimeoutException(about(what));
  }

  LeaseException lost(String cause) {
    return new LeaseException(about("lost: " + cause));
  }

  private String about(String what) {
    return "lease "
        + settings.leaseName()
        + " of "
        + settings.ownerName()
        + ": "
        + what
        + " (operation timeout "
        + settings.timeoutSettings().getOperationTimeout().toMillis()
        + " ms)";
  }
}
