package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.myelin.nn.TrainingListener;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PhaseListenerTest {
  /** The interface's methods do nothing by default, so one that is forgotten goes unnoticed. */
  @Test
  void listeners_thatStandBetweenTrainerAndUser_passAllOn() throws Exception {
    for (Class<?> listener : List.of(PhaseListener.class, TrainingReport.class)) {
      for (Method method : TrainingListener.class.getDeclaredMethods()) {
        if (!method.isSynthetic()) {
          Method own = listener.getMethod(method.getName(), method.getParameterTypes());
          assertEquals(listener, own.getDeclaringClass(), Arrays.toString(own.getParameterTypes()));
        }
      }
    }
  }
}
