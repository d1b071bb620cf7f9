package io.pekkoraft.testkit.picture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A headless Chromium, driven by its DevTools protocol over a socket on loopback. */
final class Browser implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "chrome");
  private static final Pattern LISTENING = Pattern.compile("DevTools listening on (ws://\\S+)");
  private static final Pattern ID = Pattern.compile("^\\{\"id\":(\\d+)");
  private static final Pattern VALUE = Pattern.compile("\"value\":\"((?:[^\"\\\\]|\\\\.)*)\"");

  private final Process process;
  private final Path profile;
  private final WebSocket socket;
  private final Map<Long, CompletableFuture<String>> answers = new ConcurrentHashMap<>();
  private final List<String> complaints = Collections.synchronizedList(new ArrayList<>());
  private final AtomicLong nextId = new AtomicLong(1);
  private String session = "";

  /** The program, if there is one on the path. */
  static Optional<Path> program() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", 0))
        .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  Browser(Path program, int width, int height) throws IOException {
    profile = Files.createTempDirectory("picture-browser");
    process =
        new ProcessBuilder(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--remote-debugging-port=0",
                "--window-size=" + width + "," + height,
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .start();
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create(address(process.inputReader())), new Listener())
            .join();
  }

  private static String address(BufferedReader output) throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Matcher matcher = LISTENING.matcher(line);
      if (matcher.find()) {
        return matcher.group(1);
      }
    }
    throw new IOException("the browser ended before it listened");
  }

  /** Gathers the parts of each message. */
  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        received(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return CompletableFuture.completedStage(null);
    }
  }

  private void received(String message) {
    Matcher id = ID.matcher(message);
    if (id.find()) {
      CompletableFuture<String> answer = answers.remove(Long.valueOf(id.group(1)));
      if (answer != null) {
        answer.complete(message);
      }
    } else if (message.contains("Runtime.exceptionThrown")
        || message.contains("Log.entryAdded")
        || message.contains("Runtime.consoleAPICalled")) {
      complaints.add(message);
    }
  }

  /** Sends a command and waits for its answer. */
  private String command(String method, String parameters) {
    long id = nextId.getAndIncrement();
    CompletableFuture<String> answer = new CompletableFuture<>();
    answers.put(id, answer);
    String to = session.isEmpty() ? "" : ",\"sessionId\":\"" + session + "\"";
    String text =
        "{\"id\":%d,\"method\":\"%s\",\"params\":{%s}%s}".formatted(id, method, parameters, to);
    socket.sendText(text, true).join();
    return answer.orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static String find(String name, String answer) {
    Matcher matcher = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(answer);
    if (!matcher.find()) {
      throw new IllegalStateException("no " + name + " in " + answer);
    }
    return matcher.group(1);
  }

  /** Opens a page and waits until it says that it is ready. */
  void open(String address) {
    session = "";
    String target = find("targetId", command("Target.createTarget", "\"url\":\"about:blank\""));
    session =
        find(
            "sessionId",
            command("Target.attachToTarget", "\"targetId\":\"" + target + "\",\"flatten\":true"));
    command("Runtime.enable", "");
    command("Log.enable", "");
    command("Page.enable", "");
    command("Page.navigate", "\"url\":\"" + address + "\"");
    evaluate(
        "new Promise(ok => {const look = () => {const told = document.documentElement?.dataset;"
            + " told && (told.ready || told.error) ? ok('') : requestAnimationFrame(look);};"
            + " look();})");
  }

  /**
   * @param expression gives a string, or a promise of one; without double quotes
   */
  String evaluate(String expression) {
    String answer =
        command(
            "Runtime.evaluate",
            "\"awaitPromise\":true,\"returnByValue\":true,\"expression\":\"" + expression + "\"");
    Matcher value = VALUE.matcher(answer);
    if (!value.find()) {
      throw new IllegalStateException(expression + " gives " + answer);
    }
    return value.group(1);
  }

  /** Presses a key, and waits until the page is painted. */
  void press(String key) {
    String text = key.length() == 1 ? ",\"text\":\"" + key + "\"" : "";
    command("Input.dispatchKeyEvent", "\"type\":\"keyDown\",\"key\":\"" + key + "\"" + text);
    command("Input.dispatchKeyEvent", "\"type\":\"keyUp\",\"key\":\"" + key + "\"");
    painted();
  }

  /** Moves the pointer, and waits until the page is painted. */
  void point(double x, double y) {
    command("Input.dispatchMouseEvent", "\"type\":\"mouseMoved\",\"x\":" + x + ",\"y\":" + y);
    painted();
  }

  void painted() {
    evaluate("new Promise(ok => requestAnimationFrame(() => requestAnimationFrame(() => ok(''))))");
  }

  /** What the page, or the browser about it, complained of. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  void screenshot(Path file) {
    String data = find("data", command("Page.captureScreenshot", "\"format\":\"png\""));
    try {
      Files.write(file, Base64.getDecoder().decode(data));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    session = "";
    try {
      command("Browser.close", "");
    } finally {
      if (!process.onExit().completeOnTimeout(process, 5, TimeUnit.SECONDS).join().isAlive()) {
        delete(profile);
      } else {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
