package dev.myelin.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Backend;
import dev.myelin.BackendException;
import dev.myelin.Backends;
import dev.myelin.OutOfDeviceMemoryException;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jocl.CL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever OpenCL call fails, the user gets a typed exception that names operation and code, the
 * open device gives right results next, and closing it gives everything back.
 */
@Timeout(300) // What waits in vain for a call that failed is a failure, too.
class CallFailureTest {
  /** What drivers answer when they do not want to say more; at allocations, that memory is out. */
  private static final int STATUS = CL.CL_OUT_OF_RESOURCES;

  private static final String NAME = "CL_OUT_OF_RESOURCES";

  /** Without these a program is compiled from its source, or compiled again the next time. */
  private static final Set<String> OF_THE_CACHE =
      Set.of("clCreateProgramWithBinary", "clBuildProgram", "clGetProgramInfo");

  /** Two thirds of all calls; one of the tests, for which nothing is opened, has them fail too. */
  private static final String ARGUMENT = "clSetKernelArg";

  @BeforeEach
  void load() {
    FaultyLoader.loadOrSkip();
  }

  @AfterEach
  void reset() {
    FaultyLoader.reset();
  }

  private static float[] session(FaultyWork work) {
    try (Backend backend = work.open()) {
      return work.on(backend);
    }
  }

  /** Opens, works, once more where that fails, and closes; returns what failed, if anything did. */
  private static Optional<BackendException> failureOfSession(FaultyWork work, float[] expected) {
    Optional<BackendException> failure = Optional.empty();
    try (Backend backend = work.open()) {
      failure = failureOf(backend, work, expected);
    } catch (BackendException openingOrClosing) {
      assertEquals(Optional.empty(), failure, "and then: " + openingOrClosing);
      return Optional.of(openingOrClosing);
    }
    return failure;
  }

  private static Optional<BackendException> failureOf(
      Backend backend, FaultyWork work, float[] expected) {
    try {
      assertArrayEquals(expected, work.on(backend));
      return Optional.empty();
    } catch (BackendException failure) {
      assertEquals(0, backend.memory().usedBytes(), failure.getMessage());
      assertArrayEquals(expected, work.on(backend), "once more after: " + failure.getMessage());
      return Optional.of(failure);
    }
  }

  private static void requireReport(String where, Optional<BackendException> failure) {
    if (failure.isEmpty()) {
      assertTrue(OF_THE_CACHE.contains(FaultyLoader.firstFailed()), where + " went unnoticed");
      return;
    }
    String message = failure.get().getMessage();
    assertTrue(
        failure.get() instanceof OutOfDeviceMemoryException || message.contains(NAME),
        where + ": " + message);
  }

  @ParameterizedTest
  @EnumSource
  void anyCallThatFails_isReportedAndLeavesNothingBehind(FaultyWork work) {
    float[] expected = session(work);
    FaultyLoader.reset();
    assertArrayEquals(expected, session(work));
    assertEquals(List.of(), FaultyLoader.mistakes(), "without a fault");
    Map<String, Integer> calls = FaultyLoader.calls();
    assertTrue(calls.size() > 15, calls + " calls: JOCL has found another loader");
    calls.remove(ARGUMENT);
    calls.keySet().removeIf(function -> !work.tries(function));
    calls.forEach(
        (function, count) -> {
          for (int nth = 1; nth <= count; nth++) {
            String where = function + " " + nth + " of " + count;
            FaultyLoader.reset();
            FaultyLoader.failCall(function, nth, STATUS);
            requireReport(where, failureOfSession(work, expected));
            assertEquals(List.of(), FaultyLoader.mistakes(), where);
          }
        });
    assertArrayEquals(expected, session(work));
  }

  @Test
  void anyCallThatFails_leavesTheOpenDeviceUsable() {
    FaultyWork work = FaultyWork.TRAINING;
    try (Backend backend = work.open()) {
      float[] expected = work.on(backend);
      FaultyLoader.reset();
      assertArrayEquals(expected, work.on(backend));
      int calls = FaultyLoader.calls().values().stream().mapToInt(Integer::intValue).sum();
      assertTrue(calls > 500, calls + " calls");
      for (int nth = 1; nth <= calls; nth++) {
        FaultyLoader.reset();
        FaultyLoader.failCall(nth, STATUS);
        requireReport("call " + nth, failureOf(backend, work, expected));
      }
    }
    assertEquals(List.of(), FaultyLoader.mistakes());
  }

  /** Without a cache kernels are compiled, and what was compiled is read. */
  @ParameterizedTest
  @CsvSource({
    "clCreateProgramWithSource, 1, ",
    "clBuildProgram, 1, ",
    "clBuildProgram, 1, clGetProgramBuildInfo",
    "clGetProgramInfo, 1, ",
    "clGetProgramInfo, 2, "
  })
  void compilationThatFails_isReportedAndLeavesNothingBehind(
      String function, int nth, String besides, @TempDir Path cache) {
    String cacheBefore = System.setProperty(CacheFolder.PROPERTY, cache.toString());
    try {
      float[] expected = {3, 3};
      FaultyLoader.failCall(function, nth, STATUS);
      if (besides != null) {
        FaultyLoader.failCall(besides, 1, STATUS);
      }
      for (int time = 1; time <= 2; time++) {
        boolean fails = time == 1 && !function.equals("clGetProgramInfo");
        try (Backend backend = Backends.open("opencl")) {
          if (fails) {
            BackendException failure = assertThrows(BackendException.class, () -> filled(backend));
            assertTrue(failure.getMessage().contains(NAME), failure.getMessage());
          }
          assertArrayEquals(expected, filled(backend));
        }
        assertEquals(List.of(), FaultyLoader.mistakes());
      }
    } finally {
      System.setProperty(CacheFolder.PROPERTY, cacheBefore);
    }
  }

  private static float[] filled(Backend backend) {
    try (TensorArena arena = new TensorArena(backend, "compiled")) {
      Tensor tensor = arena.allocate("filled", 2);
      backend.ops().fill(3, tensor);
      float[] values = new float[2];
      backend.download(tensor, values);
      return values;
    }
  }
}
