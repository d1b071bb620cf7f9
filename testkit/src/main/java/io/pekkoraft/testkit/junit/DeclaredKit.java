package io.pekkoraft.testkit.junit;

import io.pekkoraft.api.StateMachine;
import io.pekkoraft.testkit.RaftTestKit;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/** What a {@link RaftTest} says it runs on. */
final class DeclaredKit {

  private DeclaredKit() {}

  static RaftTestKit of(RaftTest test, Class<?> testClass) {
    return test.stateMachine() == StateMachine.class
        ? field(testClass)
        : RaftTestKit.of(() -> newInstance(test.stateMachine())).members(test.members());
  }

  private static RaftTestKit field(Class<?> testClass) {
    List<Field> fields =
        Arrays.stream(testClass.getDeclaredFields())
            .filter(field -> field.getType() == RaftTestKit.class)
            .filter(field -> Modifier.isStatic(field.getModifiers()))
            .toList();
    if (fields.size() != 1) {
      throw new ExtensionConfigurationException(
          "a @RaftTest names its stateMachine, or its class has one static field of type"
              + " RaftTestKit; "
              + testClass.getName()
              + " has "
              + fields.size());
    }
    try {
      fields.get(0).setAccessible(true);
      return (RaftTestKit) fields.get(0).get(null);
    } catch (IllegalAccessException e) {
      throw new ExtensionConfigurationException("cannot read " + fields.get(0), e);
    }
  }

  private static StateMachine newInstance(Class<? extends StateMachine> type) {
    try {
      Constructor<? extends StateMachine> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      return constructor.newInstance();
    } catch (InvocationTargetException e) {
      throw new ExtensionConfigurationException(
          "the constructor of " + type.getName() + " failed", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new ExtensionConfigurationException(
          type.getName()
              + " must be a static or top-level class and have a constructor without parameters;"
              + " or give the test class a static field of type RaftTestKit",
          e);
    }
  }
}
