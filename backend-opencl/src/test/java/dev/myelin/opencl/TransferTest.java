package dev.myelin.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.DType;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.testkit.TestDevices;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every way to transfer, on whatever device there is. */
class TransferTest {
  private static final int CHUNK = PinnedTransfer.CHUNK_BYTES / 4;

  /** Lengths around a chunk, and around one of two pieces being used again. */
  private static final int[] LENGTHS = {0, 1, 5, 4097, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7};

  private static void with(TransferWay way, BiConsumer<Backend, TensorArena> test) {
    String before = System.setProperty(TransferWay.PROPERTY, way.name());
    try (Backend backend = TestDevices.open("opencl", BackendOptions.DEFAULT);
        TensorArena arena = new TensorArena(backend, "transfer")) {
      test.accept(backend, arena);
    } finally {
      if (before == null) {
        System.clearProperty(TransferWay.PROPERTY);
      } else {
        System.setProperty(TransferWay.PROPERTY, before);
      }
    }
  }

  private static int[] numbers(int length, int seed) {
    int[] numbers = new int[length];
    for (int i = 0; i < length; i++) {
      numbers[i] = i * 0x9E3779B1 + seed;
    }
    return numbers;
  }

  @ParameterizedTest
  @EnumSource
  void whatIsUploaded_comesBack_whateverItsLength(TransferWay way) {
    with(
        way,
        (backend, arena) -> {
          for (int length : LENGTHS) {
            int[] sent = numbers(length, length);
            int[] back = new int[length];
            backend.download(arena.upload("sent", sent, length), back);
            assertArrayEquals(sent, back, length + " elements");
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void array_mayBeChangedAtOnce_alsoWhileChunksAreOnTheirWay(TransferWay way) {
    with(
        way,
        (backend, arena) -> {
          Tensor[] tensors = new Tensor[5];
          int length = 2 * CHUNK + 3;
          for (int i = 0; i < tensors.length; i++) {
            tensors[i] = arena.allocate("tensor" + i, DType.I32, length);
          }
          int[] array = numbers(length, 0);
          for (Tensor tensor : tensors) {
            backend.upload(array, tensor);
            array[0]++;
            array[CHUNK]++;
            array[length - 1]++;
          }
          int[] first = numbers(length, 0);
          int[] back = new int[length];
          for (int i = 0; i < tensors.length; i++) {
            backend.download(tensors[i], back);
            assertEquals(first[0] + i, back[0]);
            assertEquals(first[CHUNK] + i, back[CHUNK]);
            assertEquals(first[length - 1] + i, back[length - 1]);
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void partsOfTensorsAndArrays_leaveTheRestAlone(TransferWay way) {
    with(
        way,
        (backend, arena) -> {
          int length = CHUNK + 2;
          Tensor whole = arena.allocate("whole", length + 20);
          backend.ops().fill(-1, whole);
          float[] array = new float[length + 9];
          for (int i = 0; i < array.length; i++) {
            array[i] = i;
          }
          backend.upload(array, 7, whole.view("part", 13, length));
          float[] back = new float[length + 22];
          back[length + 21] = -2;
          backend.download(whole, back, 1);
          assertEquals(0, back[0]);
          assertEquals(-1, back[13]);
          assertEquals(7, back[14]);
          assertEquals(length + 6, back[length + 13]);
          assertEquals(-1, back[length + 14]);
          assertEquals(-2, back[length + 21]);
        });
  }

  @Test
  void way_isChosenByTheDevice() {
    String before = System.clearProperty(TransferWay.PROPERTY);
    try {
      OpenClDevice gpu = TuningTableTest.device("1.0", 256, 32 << 10);
      assertEquals(TransferWay.PINNED, TransferWay.bestOf(gpu));
    } finally {
      if (before != null) {
        System.setProperty(TransferWay.PROPERTY, before);
      }
    }
  }
}
