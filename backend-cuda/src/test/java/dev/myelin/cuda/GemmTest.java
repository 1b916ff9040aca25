package dev.myelin.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.DeviceInfo;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import dev.myelin.cuda.standin.StandInDriver;
import dev.myelin.random.Philox;
import dev.myelin.testkit.TestDevices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every tiling, with and without slices, in all transpositions: of itself a device with many
 * multiprocessors would take the small tiles for all products of a size that a test can afford.
 */
@ExtendWith(DriverUnderTest.class)
class GemmTest {
  private static final double ROUNDING = 0x1p-24;

  @AfterEach
  void forgetChoice() {
    System.clearProperty(Gemm.PROPERTY);
  }

  private static Backend openWith(String choice) {
    System.setProperty(Gemm.PROPERTY, choice);
    return TestDevices.open("cuda", BackendOptions.DEFAULT);
  }

  /** Around a tile's edges and a slab's, with rows that are aligned to vectors and that are not. */
  @ParameterizedTest
  @CsvSource({
    "large, 128, 128, 16",
    "large, 132, 124, 20",
    "large, 129, 127, 17",
    "large, 1, 260, 9",
    "large/3, 33, 130, 50",
    "large/2, 132, 8, 64",
    "medium, 64, 64, 32",
    "medium, 68, 60, 36",
    "medium, 65, 63, 33",
    "medium, 130, 1, 19",
    "medium/3, 33, 66, 50",
    "medium/4, 68, 8, 64",
    "small, 32, 32, 64",
    "small, 36, 28, 68",
    "small, 33, 31, 65",
    "small, 1, 70, 3",
    "small/3, 17, 34, 100",
    "small/2, 36, 8, 64",
    "small/9, 3, 5, 256"
  })
  void matmul_givesTheProduct_inAllTranspositions(String choice, int m, int n, int k) {
    float[] a = values(1, m * k);
    float[] b = values(2, k * n);
    float[] before = values(3, m * n);
    try (Backend backend = openWith(choice);
        TensorArena arena = new TensorArena(backend, "gemm")) {
      for (Transpose ta : Transpose.values()) {
        for (Transpose tb : Transpose.values()) {
          Tensor left = matrix(arena, "a", ta, m, k, a);
          Tensor right = matrix(arena, "b", tb, k, n, b);
          Tensor out = arena.upload("out", before, m, n);
          String where = choice + " " + ta + " " + tb;
          backend.ops().matmul(left, ta, right, tb, WriteMode.ACCUMULATE, out);
          requireProduct(where, a, b, before, m, n, k, downloaded(backend, out));
          backend.ops().matmul(left, ta, right, tb, WriteMode.OVERWRITE, out);
          requireProduct(where, a, b, null, m, n, k, downloaded(backend, out));
        }
      }
    }
  }

  /**
   * Each sum of k products, in whatever order, is off by at most (k + 1) roundings of the sum of
   * their magnitudes (Higham, "Accuracy and Stability of Numerical Algorithms", section 3.1).
   */
  private static void requireProduct(
      String where, float[] a, float[] b, float[] before, int m, int n, int k, float[] out) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = before == null ? 0 : before[i * n + j];
        double magnitude = Math.abs(sum);
        for (int p = 0; p < k; p++) {
          double product = (double) a[i * k + p] * b[p * n + j];
          sum += product;
          magnitude += Math.abs(product);
        }
        assertEquals(
            sum, out[i * n + j], (k + 1) * ROUNDING * magnitude, where + " " + i + " " + j);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"large", "medium", "small", "large/2", "medium/2", "small/2"})
  void matmul_ofTensorsThatBeginAtAnOddPlace_isRight(String choice) {
    int m = 36;
    int n = 40;
    int k = 44;
    float[] a = values(1, m * k);
    float[] b = values(2, k * n);
    try (Backend backend = openWith(choice);
        TensorArena arena = new TensorArena(backend, "gemm")) {
      Tensor left = arena.allocate("left", m * k + 3).view("a", 3, m, k);
      Tensor right = arena.allocate("right", k * n + 1).view("b", 1, k, n);
      Tensor out = arena.allocate("whole", m * n + 2).view("out", 2, m, n);
      backend.upload(a, left);
      backend.upload(b, right);
      backend.ops().matmul(left, Transpose.NO, right, Transpose.NO, WriteMode.OVERWRITE, out);
      requireProduct(choice, a, b, null, m, n, k, downloaded(backend, out));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"large", "medium", "small", "large/2", "medium/2", "small/2"})
  void linear_appliesBiasAndActivation_alsoToASeparateResult(String choice) {
    int batch = 35;
    int inputs = 41;
    int outputs = 37;
    try (Backend backend = openWith(choice);
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

  /** Rows of tiles, and slabs, that are whole and that are not. */
  @ParameterizedTest
  @CsvSource({
    "large, 130, 3, 17",
    "large/2, 5, 140, 1030",
    "medium, 65, 70, 40",
    "medium/3, 64, 5, 800",
    "small, 33, 40, 65",
    "small, 1, 1, 1",
    "small/4, 10, 33, 400",
    "'', 70, 50, 60",
    "'', 10, 128, 1000"
  })
  void parameterGradients_areProductAndColumnSums(String choice, int out, int in, int batch) {
    float[] x = values(1, batch * in);
    float[] dZ = values(2, batch * out);
    float[] before = values(3, out * in + out);
    float[] beforeW = Arrays.copyOf(before, out * in);
    float[] beforeBias = Arrays.copyOfRange(before, out * in, before.length);
    try (Backend backend = openWith(choice);
        TensorArena arena = new TensorArena(backend, "gradients")) {
      Tensor input = arena.upload("x", x, batch, in);
      Tensor gradient = arena.upload("dZ", dZ, batch, out);
      Tensor both = arena.upload("both", before, out * in + out);
      Tensor dW = both.view("dW", 0, out, in);
      Tensor dBias = both.view("dBias", (long) out * in, out);
      float[] ones = new float[batch];
      Arrays.fill(ones, 1);
      float[] rows = transposed(dZ, batch, out);
      for (WriteMode mode : List.of(WriteMode.ACCUMULATE, WriteMode.OVERWRITE)) {
        boolean adds = mode == WriteMode.ACCUMULATE;
        backend.ops().linearParameterGradients(input, gradient, mode, dW, dBias);
        float[] weights = downloaded(backend, dW);
        requireProduct(choice, rows, x, adds ? beforeW : null, out, in, batch, weights);
        float[] sums = downloaded(backend, dBias);
        requireProduct(choice, rows, ones, adds ? beforeBias : null, out, 1, batch, sums);
      }
      backend.ops().linearParameterGradients(input, gradient, WriteMode.OVERWRITE, dW, null);
      requireProduct(choice, rows, x, null, out, in, batch, downloaded(backend, dW));
    }
  }

  @Test
  void rowSums_comeWithTheProduct_exceptInLargeTilesAndWhereTheirSlicesHaveNoRoom() {
    CudaDevice device = new CudaDevice(null, null, 132, 90, 13000);
    assertTrue(new Gemm(device, null, null).canSumRows(128, 784, 64));
    assertFalse(new Gemm(device, null, null).canSumRows(4096, 4096, 64));
    System.setProperty(Gemm.PROPERTY, "small/60");
    Gemm gemm = new Gemm(device, null, null);
    assertEquals(50, gemm.plan(70_000, 1, 6_400).slices());
    assertFalse(gemm.canSumRows(70_000, 1, 6_400));
    assertTrue(gemm.canSumRows(30_000, 1, 6_400));
  }

  @Test
  void parameterGradients_areOneLaunch_orTwoWhereTheDepthIsCut() {
    Assumptions.assumeFalse(DriverUnderTest.IS_REAL, "a real driver does not count");
    for (String choice : List.of("small", "small/2")) {
      try (Backend backend = openWith(choice);
          TensorArena arena = new TensorArena(backend, "gradients")) {
        Tensor x = arena.allocate("x", 128, 20);
        Tensor dZ = arena.allocate("dZ", 128, 10);
        Tensor dW = arena.allocate("dW", 10, 20);
        StandInDriver.clearCounts();
        backend
            .ops()
            .linearParameterGradients(x, dZ, WriteMode.OVERWRITE, dW, arena.allocate("dBias", 10));
        long launches = StandInDriver.calls().get("cuLaunchKernel");
        assertEquals(choice.equals("small") ? 1 : 2, launches);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"large", "medium", "small", "small/2"})
  void matmul_letsNotANumberAndInfinityReachTheirRowsAndColumnsOnly(String choice) {
    int size = 45;
    float[] a = values(1, size * size);
    float[] b = values(2, size * size);
    a[7 * size + 44] = Float.NaN;
    b[30 * size + 11] = Float.POSITIVE_INFINITY;
    try (Backend backend = openWith(choice);
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

  @Test
  void matmul_inSlices_givesTheSameBitsEachTime() {
    List<float[]> results = new ArrayList<>();
    for (int time = 0; time < 2; time++) {
      try (Backend backend = openWith("small/5");
          TensorArena arena = new TensorArena(backend, "gemm")) {
        Tensor a = arena.upload("a", values(1, 40 * 300), 40, 300);
        Tensor out = arena.allocate("out", 40, 40);
        backend.ops().matmul(a, Transpose.NO, a, Transpose.YES, WriteMode.OVERWRITE, out);
        results.add(downloaded(backend, out));
      }
    }
    assertArrayEquals(results.get(0), results.get(1));
  }

  private static Gemm.Plan plan(int multiprocessors, int m, int n, int k) {
    DeviceInfo info = new DeviceInfo("cuda", 0, "planned", "", 1L << 34, 400);
    return new Gemm(new CudaDevice(null, info, multiprocessors, 90, 13000), null, null)
        .plan(m, n, k);
  }

  @Test
  void plan_takesTheLargestTilesThatKeepTheDeviceBusy() {
    assertEquals(Gemm.Tiling.LARGE, plan(132, 4096, 4096, 4096).tiling());
    assertEquals(1, plan(132, 4096, 4096, 4096).slices());
    assertEquals(Gemm.Tiling.MEDIUM, plan(132, 1024, 1024, 512).tiling());
    assertEquals(Gemm.Tiling.SMALL, plan(132, 128, 784, 64).tiling());
  }

  @Test
  void plan_cutsALongDepthWhereTilesAreFew() {
    Gemm.Plan forward = plan(132, 64, 128, 784);
    assertEquals(Gemm.Tiling.SMALL, forward.tiling());
    assertTrue(forward.slices() > 4, forward.toString());
    Gemm.Plan gradient = plan(132, 512, 784, 65536);
    assertEquals(Gemm.Tiling.LARGE, gradient.tiling());
    assertEquals(5, gradient.slices());
  }

  @Test
  void plan_coversTheDepthExactly_andFitsTheScratchMemory() {
    int[] lengths = {1, 3, 31, 64, 100, 784, 4097, 70000};
    for (int multiprocessors : new int[] {1, 14, 82, 132}) {
      CudaDevice device = new CudaDevice(null, null, multiprocessors, 90, 13000);
      for (int m : lengths) {
        for (int n : lengths) {
          for (int k : new int[] {0, 1, 31, 96, 1000, 65536}) {
            Gemm.Plan plan = plan(multiprocessors, m, n, k);
            String where = m + " " + n + " " + k + ": " + plan;
            assertTrue((long) plan.slices() * plan.sliceDepth() >= k, where);
            assertTrue((plan.slices() - 1L) * plan.sliceDepth() < Math.max(1, k), where);
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
    return arena.upload(name, transposed(values, rows, columns), columns, rows);
  }

  private static float[] transposed(float[] values, int rows, int columns) {
    float[] transposed = new float[values.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        transposed[j * rows + i] = values[i * columns + j];
      }
    }
    return transposed;
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
