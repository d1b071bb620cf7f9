package io.pekkoraft.testkit.bench;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Three members in processes of their own; the load is put on in the process that leads. */
final class ThreeProcesses implements Group {
  private final List<MemberHandle> members = new ArrayList<>();

  /**
   * @param heap the most heap of each, as the JVM's option wants it
   */
  ThreeProcesses(Path directory, Config overrides, String heap) {
    try {
      List<String> ports = freePorts();
      for (int i = 0; i < ports.size(); i++) {
        members.add(new MemberHandle(command(i, directory, overrides, heap, ports)));
      }
    } catch (IOException e) {
      close();
      throw new UncheckedIOException(e);
    }
  }

  private static ProcessBuilder command(
      int index, Path directory, Config overrides, String heap, List<String> ports) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heap);
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(MemberProcess.class.getName());
    command.add(String.valueOf(index));
    command.add(directory.resolve("n" + index).toString());
    command.add(overrides.root().render(ConfigRenderOptions.concise()));
    command.addAll(ports);
    return new ProcessBuilder(command);
  }

  /** Free now; another process could take one before it is used, then the run fails. */
  private static List<String> freePorts() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket a = new ServerSocket(0, 1, loopback);
        ServerSocket b = new ServerSocket(0, 1, loopback);
        ServerSocket c = new ServerSocket(0, 1, loopback)) {
      return List.of(
          String.valueOf(a.getLocalPort()),
          String.valueOf(b.getLocalPort()),
          String.valueOf(c.getLocalPort()));
    }
  }

  @Override
  public CompletableFuture<LoadResult> start(Load load) {
    while (true) {
      for (MemberHandle member : members) {
        if (member.ask("role").join().equals("LEADER")) {
          return member.ask("load " + load.toLine()).thenApply(LoadResult::parse);
        }
      }
    }
  }

  @Override
  public void awaitApplied(long commands) {
    members.forEach(member -> member.ask("applied " + commands).join());
  }

  @Override
  public Usage usage() {
    @Nullable Usage sum = null;
    for (MemberHandle member : members) {
      sum = Usage.parse(member.ask("usage").join()).plus(sum);
    }
    if (sum == null) {
      throw new IllegalStateException("no member was started");
    }
    return sum;
  }

  @Override
  public void close() {
    members.forEach(MemberHandle::close);
  }
}
