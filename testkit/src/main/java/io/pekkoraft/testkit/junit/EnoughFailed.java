package io.pekkoraft.testkit.junit;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Skips the seeds that are left when several of a test have failed: one mistake mostly fails them
 * all, and each tells a long story.
 */
final class EnoughFailed implements ExecutionCondition, AfterTestExecutionCallback {
  private static final Namespace NAMESPACE = Namespace.create(EnoughFailed.class);
  private static final int ENOUGH = 3;

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext seed) {
    return failed(seed).get() < ENOUGH
        ? ConditionEvaluationResult.enabled("few seeds have failed")
        : ConditionEvaluationResult.disabled(
            ENOUGH + " seeds of this test have failed; run others with -Draft.seed.first");
  }

  @Override
  public void afterTestExecution(ExtensionContext seed) {
    if (seed.getExecutionException().isPresent()) {
      failed(seed).incrementAndGet();
    }
  }

  /** Of all seeds of the test, whose context is the parent. */
  private static AtomicInteger failed(ExtensionContext seed) {
    ExtensionContext test = seed.getParent().orElse(seed);
    return test.getStore(NAMESPACE)
        .getOrComputeIfAbsent(test.getUniqueId(), id -> new AtomicInteger(), AtomicInteger.class);
  }
}
