package io.pekkoraft.testkit.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** A {@link MemberProcess} as its parent sees it. Used by one thread. */
final class MemberHandle implements AutoCloseable {
  private final Process process;
  private final PrintStream orders;
  private final Map<String, CompletableFuture<String>> waiting = new ConcurrentHashMap<>();

  MemberHandle(ProcessBuilder command) throws IOException {
    this.process = command.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    this.orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    Thread reader = new Thread(this::readAnswers, "answers of " + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  private void readAnswers() {
    try (BufferedReader answers =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        if (line.startsWith(MemberProcess.ANSWER)) {
          String[] answer = line.substring(MemberProcess.ANSWER.length()).split(" ", 2);
          complete(answer[0], answer[1]);
        } else {
          System.err.println(line);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      IllegalStateException gone = new IllegalStateException("a member's process has ended");
      waiting.values().forEach(answer -> answer.completeExceptionally(gone));
    }
  }

  private void complete(String order, String text) {
    CompletableFuture<String> answer = waiting.remove(order);
    if (answer != null) {
      answer.complete(text);
    }
  }

  /**
   * Gives an order.
   *
   * @param order no other of the same first word may be unanswered
   */
  CompletableFuture<String> ask(String order) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    waiting.put(order.split(" ", 2)[0], answer);
    if (!process.isAlive()) {
      answer.completeExceptionally(new IllegalStateException("a member's process has ended"));
    }
    orders.println(order);
    return answer;
  }

  @Override
  public void close() {
    orders.close();
    process.onExit().join();
  }
}
