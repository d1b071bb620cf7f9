package io.pekkoraft.testkit.junit;

import io.pekkoraft.api.StateMachine;
import io.pekkoraft.testkit.RaftTestKit;
import io.pekkoraft.testkit.fullstack.ApplicationTestKit;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/** What a {@link RaftTest} or an {@link ApplicationTest} says it runs on. */
final class DeclaredKit {

  private DeclaredKit() {}

  /**
   * @return given an instance of the test's class
   */
  static Function<Object, SeededKit> ofRaftTest(Method method, Class<?> testClass) {
    @Nullable RaftTest test = method.getAnnotation(RaftTest.class);
    if (test == null || test.stateMachine() == StateMachine.class) {
      return field(
          RaftTestKit.class,
          SeededKit.OfRaft::new,
          testClass,
          "a @RaftTest names its stateMachine, or its class has");
    }
    RaftTestKit kit =
        RaftTestKit.of(() -> newInstance(test.stateMachine())).members(test.members());
    return instance -> new SeededKit.OfRaft(kit);
  }

  /**
   * @return given an instance of the test's class
   */
  static Function<Object, SeededKit> ofApplicationTest(Method method, Class<?> testClass) {
    return field(
        ApplicationTestKit.class,
        SeededKit.OfApplication::new,
        testClass,
        "the class of an @ApplicationTest has");
  }

  private static <K> Function<Object, SeededKit> field(
      Class<K> type, Function<K, SeededKit> kit, Class<?> testClass, String rule) {
    List<Field> fields =
        Arrays.stream(testClass.getDeclaredFields())
            .filter(field -> field.getType() == type)
            .toList();
    if (fields.size() != 1) {
      throw new ExtensionConfigurationException(
          rule
              + " one field of type "
              + type.getSimpleName()
              + "; "
              + testClass.getName()
              + " has "
              + fields.size());
    }
    Field field = fields.get(0);
    field.setAccessible(true);
    return instance -> kit.apply(type.cast(value(field, instance)));
  }

  private static Object value(Field field, Object instance) {
    try {
      return field.get(instance);
    } catch (IllegalAccessException e) {
      throw new ExtensionConfigurationException("cannot read " + field, e);
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
              + " or give the test class a field of type RaftTestKit",
          e);
    }
  }
}
