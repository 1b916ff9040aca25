package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RangeTaskTest {
  @ParameterizedTest
  @CsvSource({"64, 10, 2, 8", "64, 10, 3, 8", "101770, 8192, 2, 7270", "13, 4, 8, 2", "9, 1, 4, 1"})
  void evenChunk_givesEachThreadAsManyChunks(int count, int most, int threads, int expected) {
    assertEquals(expected, RangeTask.evenChunk(count, most, threads));
  }

  @Test
  void evenChunk_ofWhatFitsIntoOne_isOne() {
    assertEquals(8192, RangeTask.evenChunk(8192, 8192, 16));
    assertEquals(8192, RangeTask.evenChunk(0, 8192, 16));
  }

  @Test
  void evenChunk_ofTheLargestCount_doesNotOverflow() {
    int chunk = RangeTask.evenChunk(Integer.MAX_VALUE, 1 << 30, 64);
    assertTrue(chunk > 0 && chunk <= 1 << 30, () -> "" + chunk);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8191, 8192, 8193, 50_176, 101_770, 1_000_003})
  void forEachRange_visitsEachElementOnce(int elements) {
    AtomicIntegerArray visits = new AtomicIntegerArray(elements);
    RangeTask task =
        new RangeTask() {
          @Override
          void range(int first, int length) {
            assertEquals(0, first % 64, "ranges begin at lines of the cache");
            for (int i = first; i < first + length; i++) {
              visits.incrementAndGet(i);
            }
          }
        };
    try (WorkerPool pool = new WorkerPool(3)) {
      task.forEachRange(pool, elements);
    }
    for (int i = 0; i < elements; i++) {
      assertEquals(1, visits.get(i));
    }
  }
}
