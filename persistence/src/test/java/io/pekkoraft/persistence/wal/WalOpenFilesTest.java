package io.pekkoraft.persistence.wal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.persistence.file.Storage;
import io.pekkoraft.persistence.file.StorageFile;
import io.pekkoraft.persistence.file.TracedStorage;
import io.pekkoraft.persistence.file.TracedStorage.Fate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever fails, and whenever: a store that is closed, or could not be opened, holds no file. */
class WalOpenFilesTest {
  private static final int WRITES = 40;
  private static final String TEXT = "x".repeat(900);

  @Test
  void no_file_stays_open_behind_an_error_of_any_call() throws IOException {
    int calls = 0;
    boolean failed = true;
    while (failed) {
      int nth = calls++;
      AtomicInteger seen = new AtomicInteger();
      CountedStorage storage =
          new CountedStorage(
              TracedStorage.empty()
                  .with((call, number) -> seen.getAndIncrement() == nth ? Fate.FAILED : Fate.DONE));
      for (int life = 0; life < 2; life++) {
        work(storage, life);
        assertThat(storage.open).as("files open after call %s failed", nth).isEmpty();
        assertThat(storage.isGivenUp).as("call %s", nth).isTrue();
      }
      failed = seen.get() > nth;
    }
    assertThat(calls).isGreaterThan(500);
  }

  private static void work(CountedStorage storage, int life) throws IOException {
    SteppedStore log;
    storage.isGivenUp = false;
    try {
      log = SteppedStore.open(directory -> storage);
    } catch (IOException | WalException cannotOpen) {
      return;
    }
    List<Long> replayed = new ArrayList<>();
    write(log, "quiet", life + 1);
    for (int i = 1; i <= WRITES; i++) {
      int number = life * WRITES + i;
      write(log, "busy", number);
      log.store().deleteTo("busy", number - 5, told -> {});
      log.run();
      if (i % 10 == 0) {
        try {
          log.store().replay("quiet", 1, 99, 99, event -> replayed.add(event.sequenceNr()));
          log.store().replay("busy", 1, 999, 99, event -> replayed.add(event.sequenceNr()));
        } catch (IOException | WalException failed) {
          assertThat(log.store().ended()).isNotNull();
        }
      }
      log.fireTimers();
    }
    try {
      log.store().close();
    } catch (IOException | WalException failed) {
      assertThat(storage.isGivenUp).isTrue();
    }
    log.run();
  }

  private static void write(SteppedStore log, String id, long number) {
    Payload payload = Payload.of(42, "s", TEXT.getBytes(UTF_8));
    EventRecord event = EventRecord.of(id, number, 7, "m", "writer", payload, null);
    log.store().write(List.of(event), told -> {});
    log.run();
  }

  /** Knows which files are open. */
  private static final class CountedStorage implements Storage {
    private final TracedStorage storage;
    private final List<String> open = new ArrayList<>();
    private boolean isGivenUp;

    CountedStorage(TracedStorage storage) {
      this.storage = storage;
    }

    private StorageFile counted(String name, StorageFile file) {
      open.add(name);
      return new StorageFile() {
        private @Nullable String counted = name;

        @Override
        public long size() throws IOException {
          return file.size();
        }

        @Override
        public int read(long position, byte[] target, int offset, int length) throws IOException {
          return file.read(position, target, offset, length);
        }

        @Override
        public void write(long position, byte[] source, int offset, int length) throws IOException {
          file.write(position, source, offset, length);
        }

        @Override
        public void flush() throws IOException {
          file.flush();
        }

        @Override
        public void close() throws IOException {
          if (counted != null) {
            open.remove(counted);
            counted = null;
          }
          file.close();
        }
      };
    }

    @Override
    public List<String> list() throws IOException {
      return storage.list();
    }

    @Override
    public StorageFile create(String name) throws IOException {
      return counted(name, storage.create(name));
    }

    @Override
    public StorageFile open(String name) throws IOException {
      return counted(name, storage.open(name));
    }

    @Override
    public StorageFile openForReading(String name) throws IOException {
      return counted(name, storage.openForReading(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
      storage.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
      storage.delete(name);
    }

    @Override
    public void syncDirectory() throws IOException {
      storage.syncDirectory();
    }

    @Override
    public String describe() {
      return storage.describe();
    }

    @Override
    public void close() throws IOException {
      isGivenUp = true;
      storage.close();
    }
  }
}
