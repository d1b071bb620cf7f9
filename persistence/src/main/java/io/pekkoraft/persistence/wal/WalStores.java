package io.pekkoraft.persistence.wal;

import com.typesafe.config.Config;
import io.pekkoraft.persistence.file.StorageProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.actor.ExtensionIdProvider;
import org.apache.pekko.persistence.PersistentRepr;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.ExecutionContext;
import scala.concurrent.ExecutionContextExecutor;

/**
 * The stores that an actor system has opened, one per directory. They belong to the system and not
 * to the journal actor, so that a restart of that actor neither re-opens nor un-fails a store. They
 * are closed when the system has terminated.
 */
public final class WalStores implements Extension {
  private static final Logger LOG = LoggerFactory.getLogger(WalStores.class);
  private static final Id ID = new Id();

  private final ExtendedActorSystem system;
  private final Map<Path, WalHandle> opened = new ConcurrentHashMap<>();

  /** Creates the extension. */
  static final class Id extends AbstractExtensionId<WalStores> implements ExtensionIdProvider {
    @Override
    public WalStores createExtension(ExtendedActorSystem system) {
      return new WalStores(system);
    }

    @Override
    public Id lookup() {
      return ID;
    }
  }

  private WalStores(ExtendedActorSystem system) {
    this.system = system;
    system.registerOnTermination(this::closeAll);
  }

  /** The extension of an actor system. */
  public static WalStores get(org.apache.pekko.actor.ActorSystem system) {
    return ID.get(system);
  }

  /**
   * What the store of a directory has done.
   *
   * @throws IllegalStateException if this actor system has no open store there
   */
  public WalCounters counters(Path directory) {
    return store(directory).counters();
  }

  /**
   * Opens the store of a directory again if it has failed, or could not be opened before: closes
   * its files, then reads and verifies all of them. Does nothing to a store that is sound. Blocks;
   * to be called by an operator's command when the cause is removed. Persistent actors that have
   * failed with the store are to be started again by their owners.
   *
   * @throws IllegalStateException if no journal of this actor system uses that directory
   * @throws WalException if the store still cannot be opened
   */
  public void reopen(Path directory) {
    WalHandle found = opened.get(directory.toAbsolutePath().normalize());
    if (found == null) {
      throw new IllegalStateException("no journal uses the directory [" + directory + "]");
    }
    WalStore unused = found.reopen();
  }

  /**
   * What damage has lost in the store of a directory: by persistence id, in words, such as {@code
   * 3, 7 to 9, whatever follows 12}. Empty if nothing is lost. The empty id stands for all that the
   * store does not know: it may have lost the first events of some.
   *
   * @throws IllegalStateException if this actor system has no open store there
   */
  public Map<String, String> lost(Path directory) {
    return store(directory).lost();
  }

  /**
   * Puts lost events back, as another copy has them, all or none of those given. An id of which all
   * lost events are back is served again. Of one that the store did not know, nobody knows how many
   * there were: that takes {@link #nothingLostAbove} as well.
   *
   * @return completed when they are durable; failed if one of them is not among those lost, or
   *     cannot be serialized
   */
  public CompletionStage<Void> repair(Path directory, List<PersistentRepr> events) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    try {
      EventSerialization serialization = new EventSerialization(system);
      store(directory).repair(events.stream().map(serialization::toRecord).toList(), told(done));
    } catch (RuntimeException refused) {
      done.completeExceptionally(refused);
    }
    return done;
  }

  /**
   * States that no event above {@code sequenceNr} of an id is lost, where the store cannot tell.
   * Say so only when another copy proves it: what was acknowledged above is gone for good. The
   * empty id stands for all that the store does not know; of those, say 0.
   *
   * @return completed when it is durable; failed if it can be no id or number
   */
  public CompletionStage<Void> nothingLostAbove(
      Path directory, String persistenceId, long sequenceNr) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    try {
      store(directory).nothingLostAbove(persistenceId, sequenceNr, told(done));
    } catch (RuntimeException refused) {
      done.completeExceptionally(refused);
    }
    return done;
  }

  @SuppressWarnings("NullAway") // a Void can only be null
  private static Outcome told(CompletableFuture<Void> done) {
    return failure -> {
      if (failure == null) {
        done.complete(null);
      } else {
        done.completeExceptionally(failure);
      }
    };
  }

  private WalStore store(Path directory) {
    WalHandle found = opened.get(directory.toAbsolutePath().normalize());
    WalStore store = found == null ? null : found.storeOrNull();
    if (store == null) {
      throw new IllegalStateException("no store is open in [" + directory + "]");
    }
    return store;
  }

  /**
   * Opens the store that the journal's section of the configuration describes, once. Blocks while
   * it is read and verified. A failure is kept and told with every request: an actor that fails to
   * start would leave them unanswered.
   */
  WalHandle open(Config config) {
    try {
      WalSettings settings = WalSettings.from(config, system.settings().config());
      return opened.computeIfAbsent(
          settings.directory(), directory -> new WalHandle(() -> tryOpen(settings, config)));
    } catch (RuntimeException wrongSetting) {
      LOG.error("The write-ahead log is not configured properly", wrongSetting);
      return WalHandle.failed(wrongSetting);
    }
  }

  private WalHandle.Opened tryOpen(WalSettings settings, Config config) {
    try {
      StorageProvider provider =
          StorageProvider.named(settings.storageProvider(), system.dynamicAccess().classLoader());
      return new WalHandle.Opened(WalStore.open(settings, provider, executors(config)), null);
    } catch (IOException failure) {
      LOG.error("Write-ahead log [{}] cannot be opened", settings.directory(), failure);
      return new WalHandle.Opened(
          null, new WalFailedException(settings.directory().toString(), failure));
    } catch (RuntimeException failure) {
      LOG.error("Write-ahead log [{}] cannot be opened", settings.directory(), failure);
      return new WalHandle.Opened(null, failure);
    }
  }

  private WalExecutors executors(Config config) {
    ExecutionContextExecutor writer =
        system.dispatchers().lookup(config.getString("writer-dispatcher"));
    Executor background = system.dispatchers().lookup(config.getString("background-dispatcher"));
    return new WalExecutors(writer, background, (delay, task) -> schedule(delay, task, writer));
  }

  private void schedule(Duration delay, Runnable task, ExecutionContext executor) {
    try {
      system.scheduler().scheduleOnce(delay, task, executor);
    } catch (IllegalStateException schedulerIsShutDown) {
      LOG.debug("The actor system terminates, so the log's timers have ended");
    }
  }

  private void closeAll() {
    for (WalHandle handle : opened.values()) {
      WalStore store = handle.storeOrNull();
      if (store != null) {
        store.closeQuietly();
      }
    }
  }
}
