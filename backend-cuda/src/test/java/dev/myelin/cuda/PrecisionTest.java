package dev.myelin.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.BackendUnavailableException;
import dev.myelin.Backends;
import dev.myelin.CapturedWork;
import dev.myelin.DeviceException;
import dev.myelin.OutOfDeviceMemoryException;
import dev.myelin.Precision;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import dev.myelin.cuda.standin.StandInDriver;
import dev.myelin.data.Dataset;
import dev.myelin.data.GeneratedData;
import dev.myelin.nn.EpochReport;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.Optimizer;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What choosing a precision does on devices and drivers of several ages, and in bad times. */
@ExtendWith(DriverUnderTest.class)
@DisabledIfSystemProperty(
    named = "myelin.cuda.driver",
    matches = "real",
    disabledReason = "a real driver does not pretend to be another")
class PrecisionTest {
  private static final BackendOptions BF16 = BackendOptions.DEFAULT.withPrecision(Precision.BF16);

  @BeforeEach
  void reset() {
    StandInDriver.reset();
  }

  private static float[] product(Backend backend, TensorArena arena, int size) {
    float[] ones = new float[size * size];
    Arrays.fill(ones, 1);
    Tensor a = arena.upload("a", ones, size, size);
    Tensor out = arena.allocate("out", size, size);
    backend.ops().matmul(a, Transpose.NO, a, Transpose.NO, WriteMode.OVERWRITE, out);
    float[] result = new float[size * size];
    backend.download(out, result);
    return result;
  }

  private static float[] all(int count, float value) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return values;
  }

  @Test
  void open_onTuring_isRefusedWithTheReason_andF32Works() {
    StandInDriver.setComputeCapability(7, 5);
    BackendUnavailableException refusal =
        assertThrows(BackendUnavailableException.class, () -> Backends.open("cuda", BF16));
    assertTrue(refusal.getMessage().contains("in f32 only"), refusal.getMessage());
    assertTrue(refusal.remedy().contains("8.0"), refusal.remedy());
    try (Backend backend = Backends.open("cuda");
        TensorArena arena = new TensorArena(backend, "turing")) {
      assertEquals(Set.of(Precision.F32), backend.device().precisions());
      assertArrayEquals(all(9, 3), product(backend, arena, 3));
    }
  }

  /** The driver refuses at first, so that the error names the file that was chosen. */
  @ParameterizedTest
  @CsvSource({"12000, gemm-wgmma-wide-bf16", "11080, gemm-mma-large-bf16"})
  void product_onHopper_takesWarpgroups_whereTheDriverLoadsThem(int driverVersion, String file) {
    StandInDriver.setDriverVersion(driverVersion);
    try (Backend backend = Backends.open("cuda", BF16);
        TensorArena arena = new TensorArena(backend, "hopper")) {
      // 50 x 2 tiles of 128 x 256 are three quarters of the multiprocessors.
      Tensor a = arena.upload("a", all(6400 * 2, 1), 6400, 2);
      Tensor b = arena.upload("b", all(2 * 512, 1), 2, 512);
      Tensor out = arena.allocate("out", 6400, 512);
      Runnable product =
          () -> backend.ops().matmul(a, Transpose.NO, b, Transpose.NO, WriteMode.OVERWRITE, out);
      StandInDriver.failCall("cuFuncSetAttribute", 1, CUresult.CUDA_ERROR_INVALID_VALUE);
      DeviceException failure = assertThrows(DeviceException.class, product::run);
      assertTrue(failure.operation().endsWith(file), failure.operation());
      product.run();
      float[] result = new float[6400 * 512];
      backend.download(out, result);
      assertArrayEquals(all(6400 * 512, 2), result);
    }
  }

  @Test
  void open_onArchitecturesSinceAmpere_andWithTheOldestDriver_multiplies() {
    int[][] machines = {{8, 0, 11060}, {8, 6, 11060}, {8, 9, 13000}, {9, 0, 11080}, {12, 0, 13000}};
    for (int[] machine : machines) {
      StandInDriver.reset();
      StandInDriver.setComputeCapability(machine[0], machine[1]);
      StandInDriver.setDriverVersion(machine[2]);
      for (String tiling : List.of("mma_large", "mma_small")) {
        System.setProperty(TensorCoreGemm.PROPERTY, tiling);
        try (Backend backend = Backends.open("cuda", BF16);
            TensorArena arena = new TensorArena(backend, "ampere")) {
          assertEquals(Set.of(Precision.values()), backend.device().precisions());
          assertArrayEquals(all(9, 3), product(backend, arena, 3));
        } finally {
          System.clearProperty(TensorCoreGemm.PROPERTY);
        }
      }
    }
  }

  @Test
  void workspace_countsAsUsed_grows_andIsGivenBackAtTheEnd() {
    try (Backend backend = Backends.open("cuda", BF16)) {
      long before = StandInDriver.usedBytes();
      for (int size : new int[] {10, 70, 90, 200, 30}) {
        try (TensorArena arena = new TensorArena(backend, "growing")) {
          assertArrayEquals(all(size * size, size), product(backend, arena, size));
        }
        assertTrue(backend.memory().usedBytes() > 0, "the workspace is used memory");
        assertTrue(
            StandInDriver.usedBytes() - before >= backend.memory().usedBytes(), "and no more");
      }
      long used = backend.memory().usedBytes();
      // 256 rows of each operand and 256 numbers along k, of two bytes; twice that at most.
      assertTrue(used >= 2 * 256 * 256 * 2 && used <= 2 * (2 * 256 * 256 * 2), used + " bytes");
      try (TensorArena arena = new TensorArena(backend, "smaller")) {
        product(backend, arena, 100);
      }
      assertEquals(used, backend.memory().usedBytes(), "a smaller product takes no more");
    }
    assertEquals(0, StandInDriver.usedBytes());
  }

  @Test
  void workspace_thatTheBudgetHasNoRoomFor_isOutOfMemory_andSmallerProductsStillWork() {
    try (Backend backend = Backends.open("cuda", BF16.withMemoryBudgetBytes(300_000));
        TensorArena arena = new TensorArena(backend, "tight")) {
      assertArrayEquals(all(100, 10), product(backend, arena, 10));
      long used = backend.memory().usedBytes();
      // Tensors of 45 KB each, and 576 KB of packed operands.
      Tensor wide = arena.allocate("wide", 1, 11_000);
      Tensor out = arena.allocate("outer", 1, 1);
      OutOfDeviceMemoryException refusal =
          assertThrows(
              OutOfDeviceMemoryException.class,
              () ->
                  backend
                      .ops()
                      .matmul(wide, Transpose.NO, wide, Transpose.YES, WriteMode.OVERWRITE, out));
      assertEquals(300_000 / 512 * 512, refusal.totalBytes() / 512 * 512);
      assertTrue(refusal.askedBytes() > 2 * 64 * 11_000 * 2 - 512, refusal.getMessage());
      assertTrue(refusal.getMessage().contains("smaller batch"), refusal.getMessage());
      try (TensorArena other = new TensorArena(backend, "after")) {
        assertArrayEquals(all(100, 10), product(backend, other, 10));
      }
      assertEquals(used + 44_032 + 512, backend.memory().usedBytes());
    }
  }

  @Test
  void workspace_whoseAllocationFailsWhileWorkIsCaptured_leavesTheBackendUsable() {
    try (Backend backend = Backends.open("cuda", BF16);
        TensorArena arena = new TensorArena(backend, "capture")) {
      Tensor a = arena.upload("a", all(9, 1), 3, 3);
      Tensor out = arena.allocate("out", 3, 3);
      Runnable work =
          () -> backend.ops().matmul(a, Transpose.NO, a, Transpose.NO, WriteMode.OVERWRITE, out);
      StandInDriver.failAllocation(1);
      assertThrows(OutOfDeviceMemoryException.class, () -> backend.capture(work));
      try (CapturedWork product = backend.capture(work)) {
        product.replay();
      }
      float[] result = new float[9];
      backend.download(out, result);
      assertArrayEquals(all(9, 3), result);
    }
  }

  @Test
  void sharedMemoryThatTheDriverRefuses_isNamed() {
    System.setProperty(TensorCoreGemm.PROPERTY, "mma_large");
    try (Backend backend = Backends.open("cuda", BF16);
        TensorArena arena = new TensorArena(backend, "refused")) {
      StandInDriver.failCall("cuFuncSetAttribute", 1, CUresult.CUDA_ERROR_INVALID_VALUE);
      DeviceException failure =
          assertThrows(DeviceException.class, () -> product(backend, arena, 3));
      assertTrue(failure.operation().contains("98304 bytes of shared memory"), failure.operation());
      assertArrayEquals(all(9, 3), product(backend, arena, 3));
    } finally {
      System.clearProperty(TensorCoreGemm.PROPERTY);
    }
  }

  /**
   * Each operand of a product is off by at most 2^-8 of itself, so a gradient by about 2^-7 of its
   * terms' magnitude, and so is what a step of plain gradient descent takes off the loss. Losses of
   * the first epochs, which fall by less than 1 in all, stay within a few hundredths.
   */
  @Test
  void training_inBf16_followsF32_andRepeatsItself() {
    List<EpochReport> exact = trained(Precision.F32);
    List<EpochReport> rounded = trained(Precision.BF16);
    for (int epoch = 0; epoch < exact.size(); epoch++) {
      assertEquals(exact.get(epoch).loss(), rounded.get(epoch).loss(), 0.03, "epoch " + epoch);
    }
    assertFalse(exact.get(2).loss() == rounded.get(2).loss(), "nothing was rounded");
    assertTrue(rounded.get(2).loss() < 0.8 * rounded.get(0).loss(), "training gets somewhere");
    List<EpochReport> again = trained(Precision.BF16);
    for (int epoch = 0; epoch < exact.size(); epoch++) {
      assertEquals(rounded.get(epoch).loss(), again.get(epoch).loss(), "epoch " + epoch);
    }
  }

  private static List<EpochReport> trained(Precision precision) {
    Dataset data = GeneratedData.moons(200, 3);
    TrainingOptions options =
        TrainingOptions.defaults(Loss.crossEntropy())
            .withOptimizer(Optimizer.sgd(0.9f, false, 0), 0.1)
            .withBatchSize(20)
            .withEpochs(3);
    MlpSpec spec = MlpSpec.of(Activation.TANH, 2, 16, 2);
    BackendOptions chosen = BackendOptions.DEFAULT.withPrecision(precision);
    try (Backend backend = Backends.open("cuda", chosen);
        Mlp mlp = Mlp.create(backend, spec, Initializer.XAVIER, 11)) {
      return new Trainer(options).fit(mlp, data, null, TrainingListener.NONE).epochs();
    }
  }
}
