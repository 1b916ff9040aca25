package dev.myelin.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.BackendException;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.CapturedWork;
import dev.myelin.DType;
import dev.myelin.DeviceException;
import dev.myelin.OutOfDeviceMemoryException;
import dev.myelin.Precision;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import dev.myelin.cuda.standin.StandInDriver;
import java.util.List;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever driver call fails, the user gets a typed exception that names call and code, everything
 * is given back, and the next one who opens the device gets right results.
 */
@ExtendWith(DriverUnderTest.class)
@DisabledIfSystemProperty(
    named = "myelin.cuda.driver",
    matches = "real",
    disabledReason = "a real driver does not fail when it is asked to")
class DriverFailureTest {
  /** [1, 2; 3, 4] x [4, 5; 5, 7] */
  private static final float[] PRODUCT = {14, 19, 32, 43};

  @BeforeEach
  void reset() {
    StandInDriver.reset();
  }

  @AfterEach
  void clear() {
    StandInDriver.clearFailures();
  }

  /** A little of everything: open, upload, products, reductions, capture, replay, download. */
  private static float[] session() {
    return session(Precision.F32);
  }

  /** The same product in every precision: all operands are small whole numbers. */
  private static float[] session(Precision precision) {
    BackendOptions options = BackendOptions.DEFAULT.withPrecision(precision);
    try (Backend backend = Backends.open("cuda", options)) {
      return work(backend);
    }
  }

  private static float[] work(Backend backend) {
    try (TensorArena arena = new TensorArena(backend, "session")) {
      Tensor a = arena.upload("a", new float[] {1, 2, 3, 4}, 2, 2);
      Tensor b = arena.upload("b", new float[] {4, 5, 5, 7}, 2, 2);
      Tensor out = arena.allocate("out", 2, 2);
      Tensor sum = arena.allocate("sum", 1);
      try (CapturedWork product =
          backend.capture(
              () ->
                  backend
                      .ops()
                      .matmul(a, Transpose.NO, b, Transpose.NO, WriteMode.OVERWRITE, out))) {
        product.replay();
        backend.ops().activate(Activation.RELU, out, out);
        backend.ops().clipByNorm(out, 1000, sum);
      }
      float[] result = new float[4];
      backend.download(out, result);
      return result;
    }
  }

  private static void requireWorking() {
    requireWorking(Precision.F32);
  }

  private static void requireWorking(Precision precision) {
    assertArrayEquals(PRODUCT, session(precision));
  }

  private static long callsOfASession() {
    return callsOfASession(Precision.F32);
  }

  private static long callsOfASession(Precision precision) {
    StandInDriver.clearCounts();
    requireWorking(precision);
    return StandInDriver.callCount();
  }

  @ParameterizedTest
  @ValueSource(ints = {CUresult.CUDA_ERROR_UNKNOWN, CUresult.CUDA_ERROR_OUT_OF_MEMORY})
  void anyCallThatFails_isReportedAndLeavesNothingBehind(int code) {
    long calls = callsOfASession();
    assertTrue(calls > 50, calls + " calls");
    String name = code == CUresult.CUDA_ERROR_UNKNOWN ? "CUDA_ERROR_UNKNOWN" : "OUT_OF_MEMORY";
    for (long nth = 1; nth <= calls; nth++) {
      StandInDriver.failCall(nth, code);
      requireReport("call " + nth + " of " + calls, name, Precision.F32);
    }
    StandInDriver.reset();
  }

  /**
   * Of the driver's functions those that a product on tensor cores calls more often than others.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {"cuMemAlloc", "cuModuleLoadDataEx", "cuModuleGetFunction", "cuLaunchKernel"})
  void anyCallThatFails_onTensorCores_isReportedAndLeavesNothingBehind(String function) {
    callsOfASession(Precision.BF16);
    long calls = StandInDriver.calls().get(function);
    for (long nth = 1; nth <= calls; nth++) {
      StandInDriver.failCall(function, nth, CUresult.CUDA_ERROR_UNKNOWN);
      requireReport(function + " number " + nth, "CUDA_ERROR_UNKNOWN", Precision.BF16);
    }
    StandInDriver.reset();
  }

  /** Runs a session that must fail, and one that must not. */
  private static void requireReport(String where, String name, Precision precision) {
    StandInDriver.clearCounts();
    BackendException failure =
        assertThrows(BackendException.class, () -> session(precision), where);
    StandInDriver.clearFailures();
    boolean isNamed =
        failure instanceof OutOfDeviceMemoryException || failure.getMessage().contains(name);
    assertTrue(isNamed, where + ": " + failure.getMessage());
    // What could not be given back, since that was the call that failed, and nothing else.
    List<String> leaks = StandInDriver.leaks();
    assertTrue(leaks.size() <= 1, where + ": " + leaks);
    requireWorking(precision);
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16"})
  void anyCallThatFails_leavesTheOpenDeviceUsable(Precision precision) {
    BackendOptions options = BackendOptions.DEFAULT.withPrecision(precision);
    long calls;
    try (Backend backend = Backends.open("cuda", options)) {
      StandInDriver.clearCounts();
      work(backend);
      calls = StandInDriver.callCount();
    }
    for (long nth = 1; nth <= calls; nth++) {
      Backend backend = Backends.open("cuda", options);
      StandInDriver.failCall(nth, CUresult.CUDA_ERROR_OUT_OF_MEMORY);
      try {
        assertArrayEquals(PRODUCT, work(backend));
      } catch (BackendException failure) {
        assertArrayEquals(PRODUCT, work(backend), "call " + nth + ": " + failure.getMessage());
      }
      StandInDriver.clearFailures();
      try {
        backend.close();
      } catch (DeviceException release) {
        // What could not be given back is said when all the rest has been.
        assertTrue(release.code().contains("OUT_OF_MEMORY"), release.getMessage());
      }
    }
    StandInDriver.reset();
  }

  @ParameterizedTest
  @ValueSource(ints = {CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, CUresult.CUDA_ERROR_LAUNCH_FAILED})
  void anyCallThatReportsADeadContext_endsTheBackendAndNothingElse(int code) {
    long calls = callsOfASession();
    for (long nth = 1; nth <= calls; nth++) {
      StandInDriver.reset();
      StandInDriver.failCall(nth, code);
      assertThrows(BackendException.class, DriverFailureTest::session, "call " + nth);
      StandInDriver.clearFailures();
      try (Backend cpu = Backends.open("cpu")) {
        assertArrayEquals(PRODUCT, work(cpu));
      }
    }
    StandInDriver.reset();
    requireWorking();
  }

  @Test
  void useAfterAStickyError_saysWhatItWas_andClosingDoesNotThrow() {
    Backend backend = Backends.open("cuda");
    TensorArena arena = new TensorArena(backend, "sticky");
    Tensor out = arena.allocate("out", 4);
    StandInDriver.failCall("cuStreamSynchronize", 1, CUresult.CUDA_ERROR_ILLEGAL_ADDRESS);
    DeviceException first = assertThrows(DeviceException.class, backend::synchronize);
    assertTrue(first.code().startsWith("CUDA_ERROR_ILLEGAL_ADDRESS"), first.code());
    assertEquals("waiting for work", first.operation());
    for (Runnable use :
        List.<Runnable>of(
            backend::synchronize,
            () -> backend.ops().fill(1, out),
            () -> backend.download(out, new float[4]),
            () -> backend.upload(new float[4], out),
            () -> backend.capture(() -> {}))) {
      DeviceException again = assertThrows(DeviceException.class, use::run);
      assertTrue(again.getMessage().contains("ILLEGAL_ADDRESS"), again.getMessage());
      assertTrue(again.getMessage().contains("waiting for work"), again.getMessage());
    }
    assertThrows(DeviceException.class, arena::close);
    backend.close();
    StandInDriver.reset();
    requireWorking();
  }

  @Test
  void aKernelThatReadsOutsideOfItsTensor_isReportedAtTheNextWait_andTheNextBackendWorks() {
    Backend backend = Backends.open("cuda");
    TensorArena arena = new TensorArena(backend, "outside");
    Tensor source = arena.allocate("source", 2, 3);
    Tensor indices = arena.upload("indices", new int[] {1 << 24}, 1);
    Tensor start = arena.allocate("start", DType.I32, 1);
    backend.ops().gatherRows(source, indices, start, arena.allocate("out", 1, 3));
    DeviceException failure = assertThrows(DeviceException.class, backend::synchronize);
    assertTrue(failure.code().startsWith("CUDA_ERROR_ILLEGAL_ADDRESS"), failure.code());
    assertThrows(DeviceException.class, () -> backend.ops().fill(1, source));
    assertThrows(DeviceException.class, backend::close);
    assertTrue(StandInDriver.reports().get(0).startsWith("fault: "), "what the driver saw");
    StandInDriver.clearReports();
    requireWorking();
  }

  @ParameterizedTest
  @EnumSource
  void anyAllocationThatFails_isOutOfMemoryOrNamesIt_andLeavesNothingBehind(Precision precision) {
    StandInDriver.clearCounts();
    requireWorking(precision);
    long allocations = StandInDriver.allocationCount();
    assertTrue(allocations >= 6, allocations + " allocations");
    for (long nth = 1; nth <= allocations; nth++) {
      StandInDriver.failAllocation(nth);
      BackendException failure = assertThrows(BackendException.class, () -> session(precision));
      assertTrue(
          failure instanceof OutOfDeviceMemoryException
              || failure.getMessage().contains("pinned host memory"),
          failure.getMessage());
      assertEquals(0, StandInDriver.usedBytes(), "allocation " + nth);
      requireWorking(precision);
    }
  }

  @Test
  void outOfMemoryInTheMiddle_leavesWhatIsHeldAndTheDeviceUsable() {
    try (Backend backend = Backends.open("cuda");
        TensorArena arena = new TensorArena(backend, "held")) {
      Tensor held = arena.upload("held", new float[] {1, 2, 3}, 3);
      long used = backend.memory().usedBytes();
      StandInDriver.failAllocation(1);
      OutOfDeviceMemoryException refusal =
          assertThrows(OutOfDeviceMemoryException.class, () -> arena.allocate("more", 5000));
      assertEquals(used, refusal.usedBytes());
      assertEquals(used, backend.memory().usedBytes());
      backend.ops().scale(held, 2, arena.allocate("more", 3));
      float[] values = new float[3];
      backend.download(held, values);
      assertArrayEquals(new float[] {1, 2, 3}, values);
    }
  }

  @Test
  void keptMemory_isGivenBackBeforeATensorIsRefused() {
    StandInDriver.setMemoryBytes(256L << 20);
    try (Backend backend = Backends.open("cuda")) {
      long free = (256L << 20) - StandInDriver.usedBytes();
      int most = (int) (free / 4 - 4096);
      // Each of these takes most of what the device has, and none is of the size of another.
      for (int i = 0; i < 3; i++) {
        try (TensorArena arena = new TensorArena(backend, "large")) {
          arena.allocate("large", most - 1000 * i);
        }
      }
      assertEquals(0, backend.memory().usedBytes());
    }
  }

  @Test
  void keptMemory_isUsedAgain() {
    try (Backend backend = Backends.open("cuda")) {
      work(backend);
      StandInDriver.clearCounts();
      work(backend);
      assertEquals(0, StandInDriver.allocationCount());
    }
  }

  @Test
  void memory_countsWhatTheDeviceHasGiven() {
    try (Backend backend = Backends.open("cuda")) {
      long before = StandInDriver.usedBytes();
      try (TensorArena arena = new TensorArena(backend, "counted")) {
        arena.allocate("a", 1000);
        arena.allocate("b", 1);
        arena.allocate("c", 0, 5);
        assertEquals(StandInDriver.usedBytes() - before, backend.memory().usedBytes());
      }
    }
    assertEquals(0, StandInDriver.usedBytes(), "after closing");
  }

  @Test
  void workThatTransfersOrAllocates_isNotCaptured_andTheDeviceStaysUsable() {
    try (Backend backend = Backends.open("cuda");
        TensorArena arena = new TensorArena(backend, "capture")) {
      Tensor out = arena.allocate("out", 4);
      for (Runnable forbidden :
          List.<Runnable>of(
              () -> backend.upload(new float[4], out),
              () -> backend.download(out, new float[4]),
              () -> arena.allocate("more", 4),
              () -> backend.capture(() -> {}),
              backend::synchronize)) {
        IllegalStateException refusal =
            assertThrows(
                IllegalStateException.class,
                () ->
                    backend.capture(
                        () -> {
                          backend.ops().fill(1, out);
                          forbidden.run();
                        }));
        assertTrue(refusal.getMessage().contains("capture"), refusal.getMessage());
      }
      assertArrayEquals(PRODUCT, work(backend));
    }
  }

  @Test
  void budget_isKept_alsoWithMemoryThatIsKept() {
    BackendOptions options = BackendOptions.DEFAULT.withMemoryBudgetBytes(1 << 20);
    try (Backend backend = Backends.open("cuda", options)) {
      long before = StandInDriver.usedBytes();
      for (int i = 1; i <= 20; i++) {
        try (TensorArena arena = new TensorArena(backend, "part")) {
          arena.allocate("part", 10_000 * i);
          assertTrue(StandInDriver.usedBytes() - before <= 1 << 20, "tensor " + i);
        }
      }
    }
  }
}
