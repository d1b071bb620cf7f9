package io.pekkoraft.simulated;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Members under faults complain a lot, and rightly so: not in the log of a build. */
final class QuietLog implements BeforeAllCallback, AfterAllCallback {
  private static final Logger ROOT = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final Level before = ROOT.getLevel();

  @Override
  public void beforeAll(ExtensionContext context) {
    ROOT.setLevel(Boolean.getBoolean("raft.fullstack.log") ? Level.DEBUG : Level.OFF);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    ROOT.setLevel(before);
  }
}
