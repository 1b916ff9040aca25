package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.TensorArena;
import dev.myelin.random.Philox;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The same bits at any number of threads: a promise. */
final class ThreadCountTest {

  @Test
  void everyOperation_atOneTwoAndThreeThreads_givesTheSameBits() {
    // 210 000 elements are 26 chunks, and 700 rows three blocks of sums.
    assertSameBits(700, 300);
  }

  @Test
  void everyOperation_onOneLongRow_givesTheSameBits() {
    assertSameBits(2, 20_011);
  }

  @Test
  void everyOperation_onSoManyElementsThatThreadsTakeLargerChunks_givesTheSameBits() {
    // A sixteenth of a thread's share: 96 000 elements alone, 32 000 among three threads.
    assertSameBits(700, 2201);
  }

  /** What is left of them is float64's rounding, which another order of additions would change. */
  @Test
  void sum_ofNumbersThatCancel_givesTheSameBits() {
    float[] values = new float[1_500_000];
    Philox random = new Philox(1, 0);
    for (int i = 0; i < values.length / 2; i++) {
      values[i] = Math.scalb((float) random.nextGaussian(), random.nextInt(80));
      values[values.length - 1 - i] = -values[i];
    }
    assertEquals(sum(1, values), sum(2, values));
    assertEquals(sum(1, values), sum(3, values));
  }

  private static float sum(int threads, float[] values) {
    BackendOptions options = BackendOptions.DEFAULT.withThreads(threads);
    try (Backend backend = Backends.open("cpu", options);
        TensorArena arena = new TensorArena(backend, "test")) {
      float[] sum = new float[1];
      backend.download(arena.upload("values", values, values.length).sum(), sum);
      return sum[0];
    }
  }

  private static void assertSameBits(int rows, int columns) {
    List<int[]> one = bits(1, rows, columns);
    for (int threads = 2; threads <= 3; threads++) {
      List<int[]> several = bits(threads, rows, columns);
      assertEquals(one.size(), several.size());
      for (int i = 0; i < one.size(); i++) {
        assertArrayEquals(one.get(i), several.get(i), "tensor " + i + ", threads " + threads);
      }
    }
  }

  private static List<int[]> bits(int threads, int rows, int columns) {
    BackendOptions options = BackendOptions.DEFAULT.withThreads(threads);
    try (Backend backend = Backends.open("cpu", options);
        TensorArena arena = new TensorArena(backend, "test")) {
      EveryOperation every = new EveryOperation(backend, arena, rows, columns);
      every.fillInputs();
      every.works().values().forEach(Runnable::run);
      return every.bits();
    }
  }
}
