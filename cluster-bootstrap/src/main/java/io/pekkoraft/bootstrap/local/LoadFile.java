package io.pekkoraft.bootstrap.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Writes each line of a file as a key, over HTTP, then looks on every node whether all are there.
 * Its last line is the verdict; the exit code says the same: 0 all there, 1 not, 2 wrong use.
 */
public final class LoadFile {
  private static final String USAGE =
      "usage: load [--data DIR] [--file FILE] [--in-flight 128]\n"
          + "  Without --file it loads the names of all classes of the running JDK.";
  private static final int MAX_KEY_BYTES = 512;
  private static final int BAR = 30;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Console console = new Console();
  private final Map<String, NodeClient> nodes;
  private final int inFlight;

  private LoadFile(Map<String, NodeClient> nodes, int inFlight) {
    this.nodes = nodes;
    this.inFlight = inFlight;
  }

  public static void main(String[] arguments) {
    int code;
    try {
      code = run(arguments);
    } catch (IOException | IllegalArgumentException wrong) {
      new Console().say("load: " + wrong.getMessage());
      code = 2;
    } catch (InterruptedException interrupted) {
      code = 1;
    }
    System.exit(code);
  }

  private static int run(String[] arguments) throws IOException, InterruptedException {
    Path data = Path.of("data");
    @Nullable Path file = null;
    int inFlight = 128;
    for (int i = 0; i < arguments.length; i += 2) {
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException(
            arguments[i] + " needs a value, or is unknown\n" + USAGE);
      }
      switch (arguments[i]) {
        case "--data" -> data = Path.of(arguments[i + 1]);
        case "--file" -> file = Path.of(arguments[i + 1]);
        case "--in-flight" -> inFlight = Math.max(1, Integer.parseInt(arguments[i + 1]));
        default ->
            throw new IllegalArgumentException("unknown argument " + arguments[i] + "\n" + USAGE);
      }
    }
    LoadFile load = new LoadFile(ClusterFile.read(data.resolve(ClusterFile.NAME)), inFlight);
    return load.run(file == null ? load.classNames(data) : file);
  }

  private Path classNames(Path data) throws IOException {
    Path file = data.resolve("class-names.txt");
    console.say("writing the names of this JDK's classes to " + file + " ...");
    ClassNames.writeTo(file);
    return file;
  }

  private int run(Path file) throws IOException, InterruptedException {
    Map<String, byte[]> pairs = pairs(file);
    console.say(
        String.format(
            Locale.ROOT, "loading %,d keys from %s, %d at a time", pairs.size(), file, inFlight));
    Loader loader = new Loader(List.copyOf(nodes.values()), inFlight);
    long start = System.nanoTime();
    try {
      load(loader, pairs, start);
    } catch (Loader.LoadFailedException failed) {
      console.say("FAILED after " + loader.acknowledged() + " keys: " + failed.getMessage());
      return 1;
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    console.say(
        String.format(
            Locale.ROOT,
            "%,d keys acknowledged in %.1f s: %,.0f writes/s; %,d sent again; last index %,d",
            loader.acknowledged(),
            seconds,
            loader.acknowledged() / seconds,
            loader.retries(),
            loader.lastIndex()));
    return verify(pairs, loader.lastIndex());
  }

  private Map<String, byte[]> pairs(Path file) throws IOException {
    Map<String, byte[]> pairs = new LinkedHashMap<>();
    int skipped = 0;
    int number = 0;
    for (String line : lines(file)) {
      number++;
      boolean usable =
          !line.isEmpty() && line.getBytes(StandardCharsets.UTF_8).length <= MAX_KEY_BYTES;
      if (!usable
          || pairs.putIfAbsent(line, ("line " + number).getBytes(StandardCharsets.UTF_8)) != null) {
        skipped++;
      }
    }
    if (skipped > 0) {
      console.say(
          skipped
              + " lines are skipped: empty, longer than "
              + MAX_KEY_BYTES
              + " bytes, or there twice");
    }
    return pairs;
  }

  private static List<String> lines(Path file) throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException missing) {
      throw new IOException("there is no file " + file, missing);
    } catch (CharacterCodingException malformed) {
      throw new IOException(file + " is not a text in UTF-8", malformed);
    }
  }

  /** Loads on another thread, so that this one can show how far it is. */
  private void load(Loader loader, Map<String, byte[]> pairs, long start)
      throws InterruptedException {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      Future<?> loading =
          executor.submit(
              () -> {
                loader.load(pairs);
                return null;
              });
      boolean done = false;
      while (!done) {
        done = isDone(loading);
        showProgress(loader, pairs.size(), start);
      }
    } finally {
      executor.shutdownNow();
    }
  }

  private boolean isDone(Future<?> loading) throws InterruptedException {
    try {
      loading.get(console.isTerminal() ? 200 : 2000, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException notYet) {
      return false;
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof Loader.LoadFailedException why) {
        throw why;
      }
      throw new IllegalStateException(failed.getCause());
    }
  }

  private void showProgress(Loader loader, int total, long start) {
    int done = loader.acknowledged();
    int filled = total == 0 ? BAR : (int) ((long) BAR * done / total);
    double seconds = (System.nanoTime() - start) / 1e9;
    console.progress(
        String.format(
            Locale.ROOT,
            "[%s%s] %,d of %,d  %,.0f/s%s",
            "#".repeat(filled),
            ".".repeat(BAR - filled),
            done,
            total,
            done / Math.max(seconds, 0.001),
            loader.retries() == 0
                ? ""
                : String.format(Locale.ROOT, "  %,d sent again", loader.retries())));
  }

  private int verify(Map<String, byte[]> pairs, long lastIndex) throws InterruptedException {
    console.say("looking for them on every node ...");
    List<String> bad = new ArrayList<>();
    for (Map.Entry<String, NodeClient> node : nodes.entrySet()) {
      String problem = verify(node.getKey(), node.getValue(), pairs, lastIndex);
      if (!problem.isEmpty()) {
        bad.add(node.getKey());
        console.say("  " + node.getKey() + ": " + problem);
      }
    }
    console.say(
        bad.isEmpty()
            ? String.format(
                Locale.ROOT,
                "OK: all %,d keys are on each of the %d nodes",
                pairs.size(),
                nodes.size())
            : "FAILED: not verified on " + String.join(", ", bad));
    return bad.isEmpty() ? 0 : 1;
  }

  private String verify(String id, NodeClient client, Map<String, byte[]> pairs, long lastIndex)
      throws InterruptedException {
    if (client.status().isEmpty()) {
      console.say(
          "  "
              + id
              + " does not answer; waiting "
              + PATIENCE.toSeconds()
              + " s for it. Start it with: bin/run-node "
              + id);
    }
    if (!Verification.awaitApplied(client, lastIndex, PATIENCE)) {
      return "has not applied index " + lastIndex + " within " + PATIENCE.toSeconds() + " s";
    }
    try {
      Verification.Result result = Verification.compare(client, pairs);
      if (result.found() == pairs.size()) {
        console.say(
            String.format(Locale.ROOT, "  %s: %,d of %,d", id, result.found(), pairs.size()));
        return "";
      }
      return String.format(
          Locale.ROOT,
          "%,d of %,d; missing or different, for one: %s",
          result.found(),
          pairs.size(),
          result.missing());
    } catch (IOException | UncheckedIOException lost) {
      return "stopped answering: " + lost.getMessage();
    }
  }
}
