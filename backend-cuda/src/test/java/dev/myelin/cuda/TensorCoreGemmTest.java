package dev.myelin.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.CapturedWork;
import dev.myelin.DeviceInfo;
import dev.myelin.Precision;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import dev.myelin.random.Philox;
import dev.myelin.testkit.Expected;
import dev.myelin.testkit.Reference;
import dev.myelin.testkit.TestDevices;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;

/** Every tiling on tensor cores, with and without slices, in all transpositions and precisions. */
@ExtendWith(DriverUnderTest.class)
class TensorCoreGemmTest {
  @AfterEach
  void forgetChoice() {
    System.clearProperty(TensorCoreGemm.PROPERTY);
  }

  private static Backend openWith(String choice, Precision precision) {
    System.setProperty(TensorCoreGemm.PROPERTY, choice);
    if (DriverUnderTest.IS_REAL) {
      requireInstructions(choice, precision);
    }
    return TestDevices.open("cuda", BackendOptions.DEFAULT.withPrecision(precision));
  }

  /** Skips what this machine's GPU does not have. */
  private static void requireInstructions(String choice, Precision precision) {
    try (Backend backend = TestDevices.open("cuda", BackendOptions.DEFAULT)) {
      DeviceInfo device = backend.device();
      boolean isWarpgroups = choice.startsWith("wgmma");
      if (!device.precisions().contains(precision)
          || (isWarpgroups && !device.detail().contains("compute capability 9.0"))) {
        throw new TestAbortedException(device + " has no " + choice + " in " + precision.text());
      }
    }
  }

  /** Around the edges of tiles, blocks and stages; rows that are aligned to vectors or not. */
  @ParameterizedTest
  @CsvSource({
    "wgmma_wide, TF32, 128, 256, 32",
    "wgmma_wide, BF16, 130, 261, 321",
    "wgmma_wide/2, TF32, 68, 260, 200",
    "wgmma_wide, BF16, 3, 5, 0",
    "wgmma_square, BF16, 128, 128, 192",
    "wgmma_square, TF32, 129, 127, 289",
    "wgmma_square/3, BF16, 12, 140, 400",
    "mma_large, TF32, 128, 128, 32",
    "mma_large, BF16, 128, 128, 256",
    "mma_large, TF32, 129, 127, 33",
    "mma_large, BF16, 65, 260, 65",
    "mma_large/2, BF16, 132, 8, 200",
    "mma_small, TF32, 64, 64, 160",
    "mma_small, BF16, 64, 64, 64",
    "mma_small, TF32, 65, 63, 31",
    "mma_small, BF16, 1, 1, 1",
    "mma_small, BF16, 1, 130, 127",
    "mma_small, TF32, 130, 1, 9",
    "mma_small, BF16, 68, 60, 129",
    "mma_small/3, TF32, 33, 66, 100",
    "mma_small/2, BF16, 36, 7, 300",
    "mma_small, TF32, 5, 6, 0",
    "mma_small/2, BF16, 5, 6, 0"
  })
  void matmul_givesTheProductOfRoundedOperands_inAllTranspositions(
      String choice, Precision precision, int m, int n, int k) {
    float[] a = values(1, m * k);
    float[] b = values(2, k * n);
    float[] before = values(3, m * n);
    try (Backend backend = openWith(choice, precision);
        TensorArena arena = new TensorArena(backend, "gemm")) {
      for (Transpose ta : Transpose.values()) {
        for (Transpose tb : Transpose.values()) {
          Tensor left = matrix(arena, "a", ta, m, k, a);
          Tensor right = matrix(arena, "b", tb, k, n, b);
          Tensor out = arena.upload("out", before, m, n);
          String where = choice + " " + precision + " " + ta + " " + tb + ": ";
          backend.ops().matmul(left, ta, right, tb, WriteMode.ACCUMULATE, out);
          require(where, product(precision, a, b, m, n, k, before), downloaded(backend, out));
          backend.ops().matmul(left, ta, right, tb, WriteMode.OVERWRITE, out);
          require(where, product(precision, a, b, m, n, k, null), downloaded(backend, out));
        }
      }
    }
  }

  private static Expected product(
      Precision precision, float[] a, float[] b, int m, int n, int k, float[] before) {
    return Reference.matmul(precision, a, Transpose.NO, b, Transpose.NO, m, n, k, before);
  }

  private static void require(String where, Expected expected, float[] actual) {
    String mismatch = expected.mismatch(actual);
    assertTrue(mismatch == null, () -> where + mismatch);
  }

  @ParameterizedTest
  @ValueSource(strings = {"wgmma_wide", "wgmma_square", "mma_large", "mma_small", "mma_small/2"})
  void matmul_ofTensorsThatBeginAtAnOddPlace_isRight(String choice) {
    int m = 36;
    int n = 40;
    int k = 140;
    float[] a = values(1, m * k);
    float[] b = values(2, k * n);
    try (Backend backend = openWith(choice, Precision.BF16);
        TensorArena arena = new TensorArena(backend, "gemm")) {
      Tensor left = arena.allocate("left", m * k + 3).view("a", 3, m, k);
      Tensor right = arena.allocate("right", k * n + 1).view("b", 1, n, k);
      Tensor out = arena.allocate("whole", m * n + 2).view("out", 2, m, n);
      backend.upload(a, left);
      backend.upload(b, right);
      backend.ops().matmul(left, Transpose.NO, right, Transpose.YES, WriteMode.OVERWRITE, out);
      Expected expected =
          Reference.matmul(Precision.BF16, a, Transpose.NO, b, Transpose.YES, m, n, k, null);
      require(choice + ": ", expected, downloaded(backend, out));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "wgmma_wide, 132, 136",
    "wgmma_square, 35, 37",
    "mma_large, 132, 136",
    "mma_large, 35, 37",
    "mma_small, 35, 37",
    "mma_small, 68, 64",
    "mma_small/2, 35, 40"
  })
  void linear_appliesBiasAndActivation_alsoToASeparateResult(
      String choice, int batch, int outputs) {
    int inputs = 141;
    try (Backend backend = openWith(choice, Precision.BF16);
        TensorArena arena = new TensorArena(backend, "gemm")) {
      Tensor x = arena.upload("x", values(1, batch * inputs), batch, inputs);
      Tensor w = arena.upload("w", values(2, outputs * inputs), outputs, inputs);
      Tensor bias = arena.upload("bias", values(3, outputs), outputs);
      Tensor z = arena.allocate("z", batch, outputs);
      Tensor y = arena.allocate("y", batch, outputs);
      Tensor expected = arena.allocate("expected", batch, outputs);
      Activation f = Activation.GELU;
      backend.ops().linear(x, w, bias, f, z, y);
      backend.ops().matmul(x, Transpose.NO, w, Transpose.YES, WriteMode.OVERWRITE, expected);
      backend.ops().addBias(expected, bias, expected);
      assertArrayEquals(downloaded(backend, expected), downloaded(backend, z));
      backend.ops().activate(f, expected, expected);
      assertArrayEquals(downloaded(backend, expected), downloaded(backend, y));
      backend.ops().linear(x, w, bias, f, null, z);
      assertArrayEquals(downloaded(backend, expected), downloaded(backend, z));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "wgmma_wide, 132, 136",
    "mma_large, 132, 136",
    "mma_small, 35, 37",
    "mma_small/2, 35, 40"
  })
  void linearInputGradient_multipliesByTheDerivative(String choice, int batch, int inputs) {
    int outputs = 130;
    try (Backend backend = openWith(choice, Precision.TF32);
        TensorArena arena = new TensorArena(backend, "gemm")) {
      Tensor dZ = arena.upload("dZ", values(1, batch * outputs), batch, outputs);
      Tensor w = arena.upload("w", values(2, outputs * inputs), outputs, inputs);
      Tensor z = arena.upload("z", values(3, batch * inputs), batch, inputs);
      Tensor dX = arena.allocate("dX", batch, inputs);
      Tensor expected = arena.allocate("expected", batch, inputs);
      Activation f = Activation.GELU;
      backend.ops().linearInputGradient(dZ, w, f, z, null, dX);
      backend.ops().matmul(dZ, Transpose.NO, w, Transpose.NO, WriteMode.OVERWRITE, expected);
      backend.ops().activationGradient(f, z, null, expected, expected);
      assertArrayEquals(downloaded(backend, expected), downloaded(backend, dX));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TF32", "BF16"})
  void operands_areRoundedAsPrecisionSays_toTheLastBit(Precision precision) {
    int count = 64;
    float[] values = values(5, count);
    values[0] = Float.MAX_VALUE;
    values[1] = -Float.MAX_VALUE;
    // Half way between two numbers of either precision, below an even and below an odd one.
    values[2] = 1 + 0x1p-11f;
    values[3] = 1 + 3 * 0x1p-11f;
    values[4] = 1 + 0x1p-8f;
    values[5] = 1 + 3 * 0x1p-8f;
    values[6] = Float.intBitsToFloat(0x7f800001);
    values[7] = Float.NEGATIVE_INFINITY;
    values[8] = -0f;
    try (Backend backend = openWith("mma_small", precision);
        TensorArena arena = new TensorArena(backend, "gemm")) {
      Tensor column = arena.upload("column", values, count, 1);
      Tensor one = arena.upload("one", new float[] {1}, 1, 1);
      Tensor out = arena.allocate("out", count, 1);
      backend.ops().matmul(column, Transpose.NO, one, Transpose.NO, WriteMode.OVERWRITE, out);
      float[] rounded = downloaded(backend, out);
      for (int i = 0; i < count; i++) {
        assertEquals(precision.round(values[i]) + 0f, rounded[i], values[i] + " at " + i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"wgmma_wide", "wgmma_square", "mma_large", "mma_small", "mma_small/2"})
  void matmul_letsNotANumberAndInfinityReachTheirRowsAndColumnsOnly(String choice) {
    int size = 135;
    float[] a = values(1, size * size);
    float[] b = values(2, size * size);
    a[7 * size + 134] = Float.NaN;
    b[30 * size + 11] = Float.POSITIVE_INFINITY;
    try (Backend backend = openWith(choice, Precision.BF16);
        TensorArena arena = new TensorArena(backend, "gemm")) {
      Tensor left = arena.upload("a", a, size, size);
      Tensor right = arena.upload("b", b, size, size);
      Tensor out = arena.allocate("out", size, size);
      backend.ops().matmul(left, Transpose.NO, right, Transpose.NO, WriteMode.OVERWRITE, out);
      float[] result = downloaded(backend, out);
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          float value = result[i * size + j];
          assertEquals(i == 7, Float.isNaN(value), i + ", " + j);
          assertEquals(i != 7 && j == 11, Float.isInfinite(value), i + ", " + j);
        }
      }
    }
  }

  /** The second product needs a larger workspace, while the first one's is held by a graph. */
  @Test
  void capturedWork_givesTheBitsOfEagerWork_alsoAfterTheWorkspaceHasGrown() {
    try (Backend backend = openWith("mma_small", Precision.BF16);
        TensorArena arena = new TensorArena(backend, "gemm")) {
      Tensor small = arena.upload("small", values(1, 70 * 90), 70, 90);
      Tensor large = arena.upload("large", values(2, 200 * 90), 200, 90);
      Tensor captured = arena.allocate("captured", 70, 70);
      Tensor eager = arena.allocate("eager", 70, 70);
      Tensor other = arena.allocate("other", 200, 200);
      try (CapturedWork square = backend.capture(() -> square(backend, small, captured))) {
        square.replay();
        float[] first = downloaded(backend, captured);
        square(backend, large, other);
        square(backend, small, eager);
        assertArrayEquals(downloaded(backend, eager), first);
        try (CapturedWork both =
            backend.capture(
                () -> {
                  square(backend, large, other);
                  square(backend, small, eager);
                })) {
          both.replay();
          square.replay();
          both.replay();
          assertArrayEquals(first, downloaded(backend, captured));
          assertArrayEquals(first, downloaded(backend, eager));
        }
      }
    }
  }

  private static void square(Backend backend, Tensor rows, Tensor out) {
    backend.ops().matmul(rows, Transpose.NO, rows, Transpose.YES, WriteMode.OVERWRITE, out);
  }

  /** Whatever the instruction and the tiles, the result is the reference's within its bound. */
  @ParameterizedTest
  @ValueSource(strings = {"wgmma_wide", "wgmma_square", "mma_large", "mma_small"})
  void everyTiling_givesTheSameProduct(String tiling) {
    int m = 131;
    int n = 139;
    int k = 150;
    float[] a = values(1, m * k);
    float[] b = values(2, k * n);
    try (Backend backend = openWith(tiling, Precision.BF16);
        TensorArena arena = new TensorArena(backend, "gemm")) {
      Tensor left = arena.upload("a", a, m, k);
      Tensor right = arena.upload("b", b, k, n);
      Tensor out = arena.allocate("out", m, n);
      backend.ops().matmul(left, Transpose.NO, right, Transpose.NO, WriteMode.OVERWRITE, out);
      require(
          tiling + ": ", product(Precision.BF16, a, b, m, n, k, null), downloaded(backend, out));
    }
  }

  @Test
  void tilings_areThoseOfTheArchitecture_andOfDriversThatLoadThem() {
    assertEquals(
        List.of(
            TensorCoreGemm.Tiling.WGMMA_WIDE,
            TensorCoreGemm.Tiling.WGMMA_SQUARE,
            TensorCoreGemm.Tiling.MMA_SMALL),
        TensorCoreGemm.tilings(new CudaDevice(null, null, 132, 90, 12000)));
    for (CudaDevice other :
        List.of(
            new CudaDevice(null, null, 132, 90, 11080),
            new CudaDevice(null, null, 108, 80, 13000),
            new CudaDevice(null, null, 148, 100, 13000))) {
      assertEquals(
          List.of(TensorCoreGemm.Tiling.MMA_LARGE, TensorCoreGemm.Tiling.MMA_SMALL),
          TensorCoreGemm.tilings(other));
    }
  }

  private static TensorCoreGemm.Plan plan(
      int capability, int multiprocessors, Precision precision, int m, int n, int k) {
    DeviceInfo info = new DeviceInfo("cuda", 0, "planned", "", 1L << 34, 400);
    CudaDevice device = new CudaDevice(null, info, multiprocessors, capability, 12000);
    return new TensorCoreGemm(device, precision, null, null, null).plan(m, n, k);
  }

  @Test
  void plan_takesTheLargestTilesThatKeepTheDeviceBusy() {
    assertEquals(
        new TensorCoreGemm.Plan(TensorCoreGemm.Tiling.MMA_LARGE, 1, 64),
        plan(80, 108, Precision.BF16, 4096, 4096, 4096));
    assertEquals(
        new TensorCoreGemm.Plan(TensorCoreGemm.Tiling.WGMMA_WIDE, 1, 128),
        plan(90, 132, Precision.TF32, 4096, 4096, 4096));
    assertEquals(
        new TensorCoreGemm.Plan(TensorCoreGemm.Tiling.WGMMA_SQUARE, 1, 32),
        plan(90, 132, Precision.BF16, 1024, 2048, 2048));
    assertEquals(
        new TensorCoreGemm.Plan(TensorCoreGemm.Tiling.MMA_SMALL, 1, 4),
        plan(90, 132, Precision.BF16, 512, 784, 256));
  }

  @Test
  void plan_doesNotMultiplyMostlyPadding() {
    assertEquals(
        TensorCoreGemm.Tiling.MMA_SMALL, plan(90, 132, Precision.BF16, 20_000, 10, 256).tiling());
    assertEquals(
        TensorCoreGemm.Tiling.WGMMA_SQUARE,
        plan(90, 132, Precision.BF16, 20_000, 128, 256).tiling());
  }

  @Test
  void plan_cutsALongDepthWhereTilesAreFew() {
    TensorCoreGemm.Plan gradient = plan(80, 108, Precision.TF32, 512, 784, 65536);
    assertEquals(TensorCoreGemm.Tiling.MMA_LARGE, gradient.tiling());
    assertEquals(3, gradient.slices());
    TensorCoreGemm.Plan forward = plan(90, 132, Precision.BF16, 64, 128, 784);
    assertEquals(TensorCoreGemm.Tiling.MMA_SMALL, forward.tiling());
    assertEquals(2, forward.slices());
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 90})
  void plan_coversTheDepthExactly_andFitsTheScratchMemory(int capability) {
    int[] lengths = {1, 3, 64, 129, 784, 4097, 70000};
    for (int multiprocessors : new int[] {1, 14, 82, 132}) {
      CudaDevice device = new CudaDevice(null, null, multiprocessors, capability, 12000);
      for (int m : lengths) {
        for (int n : lengths) {
          for (int k : new int[] {0, 1, 32, 96, 1000, 65536}) {
            TensorCoreGemm.Plan plan = plan(capability, multiprocessors, Precision.TF32, m, n, k);
            String where = m + " " + n + " " + k + ": " + plan;
            long blocks = (k + 31L) / 32;
            assertTrue((long) plan.slices() * plan.sliceBlocks() >= blocks, where);
            assertTrue((plan.slices() - 1L) * plan.sliceBlocks() < Math.max(1, blocks), where);
            long floats = (long) m * n * plan.slices();
            assertTrue(plan.slices() == 1 || floats <= Slices.floats(device), where);
          }
        }
      }
    }
  }

  private static Tensor matrix(
      TensorArena arena, String name, Transpose t, int rows, int columns, float[] values) {
    if (t == Transpose.NO) {
      return arena.upload(name, values, rows, columns);
    }
    float[] transposed = new float[values.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        transposed[j * rows + i] = values[i * columns + j];
      }
    }
    return arena.upload(name, transposed, columns, rows);
  }

  private static float[] downloaded(Backend backend, Tensor tensor) {
    float[] values = new float[(int) tensor.elements()];
    backend.download(tensor, values);
    return values;
  }

  private static float[] values(long seed, int count) {
    Philox random = new Philox(seed, 0);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt() * 0x1p-31f;
    }
    return values;
  }
}
