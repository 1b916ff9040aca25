package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Backend;
import dev.myelin.DType;
import dev.myelin.ShapeMismatchException;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/** Uploads, downloads and views. */
final class TransferCases {
  private final Suite suite;

  private TransferCases(Suite suite) {
    this.suite = suite;
  }

  static Stream<DynamicTest> of(Suite suite) {
    TransferCases cases = new TransferCases(suite);
    return Stream.of(
        cases.everyBitArrives(),
        cases.offsetsIntoHostArrays(),
        cases.viewsTransferTheirPart(),
        cases.hostArrayMayChangeAfterUpload(),
        cases.downloadWaitsForWork(),
        cases.wrongLengths(),
        cases.wrongTypes(),
        cases.viewsOutOfRange(),
        cases.largeTransfer());
  }

  private interface Body {
    void run(Backend backend, TensorArena arena);
  }

  private DynamicTest inArena(String name, Body body) {
    return suite.plain(
        name,
        () -> {
          try (TensorArena arena = new TensorArena(suite.backend(), "transfers")) {
            body.run(suite.backend(), arena);
          }
        });
  }

  private DynamicTest everyBitArrives() {
    return inArena(
        "uploads and downloads keep every bit: denormals, -0, NaN's payload, extreme integers",
        (backend, arena) -> {
          int[] bits = {
            0x80000000, 1, 0x80000001, 0x007fffff, 0x7f800000, 0xff800000, 0x7fc12345, 0x7f7fffff
          };
          float[] floats = new float[bits.length];
          for (int i = 0; i < bits.length; i++) {
            floats[i] = Float.intBitsToFloat(bits[i]);
          }
          float[] back = new float[bits.length];
          backend.download(arena.upload("floats", floats, bits.length), back);
          for (int i = 0; i < bits.length; i++) {
            assertEquals(bits[i], Float.floatToRawIntBits(back[i]));
          }
          int[] ints = {Integer.MIN_VALUE, Integer.MAX_VALUE, -1, 0, 16777217, 0x7f800001};
          int[] intsBack = new int[ints.length];
          backend.download(arena.upload("ints", ints, ints.length), intsBack);
          assertArrayEquals(ints, intsBack);
        });
  }

  private DynamicTest offsetsIntoHostArrays() {
    return inArena(
        "uploads read and downloads write from an offset on, as many elements as the tensor has",
        (backend, arena) -> {
          Tensor floats = arena.allocate("floats", 3);
          Tensor ints = arena.allocate("ints", DType.I32, 3);
          backend.upload(new float[] {0, 1, 2, 3, 4, 5}, 2, floats);
          backend.upload(new int[] {0, 1, 2, 3, 4, 5}, 3, ints);
          float[] floatTarget = {-1, -1, -1, -1, -1};
          int[] intTarget = {-1, -1, -1, -1};
          backend.download(floats, floatTarget, 1);
          backend.download(ints, intTarget, 0);
          assertArrayEquals(new float[] {-1, 2, 3, 4, -1}, floatTarget);
          assertArrayEquals(new int[] {3, 4, 5, -1}, intTarget);
        });
  }

  private DynamicTest viewsTransferTheirPart() {
    return inArena(
        "a view uploads and downloads its own part",
        (backend, arena) -> {
          Tensor matrix = arena.upload("matrix", new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
          Tensor middle = matrix.rows(1, 1);
          float[] row = new float[2];
          backend.download(middle, row);
          assertArrayEquals(new float[] {3, 4}, row);
          backend.upload(new float[] {30, 40}, middle);
          Tensor part = matrix.view("part", 3, 2).view("part of part", 1, 1);
          backend.upload(new float[] {50}, part);
          float[] all = new float[6];
          backend.download(matrix, all);
          assertArrayEquals(new float[] {1, 2, 30, 40, 50, 6}, all);
        });
  }

  private DynamicTest hostArrayMayChangeAfterUpload() {
    return inArena(
        "the host array may be changed as soon as upload returns",
        (backend, arena) -> {
          int length = suite.isFull() ? 300_000 : 3000;
          float[] source = new float[length];
          float[] target = new float[length];
          Tensor tensor = arena.allocate("tensor", length);
          for (int round = 1; round <= 5; round++) {
            Arrays.fill(source, round);
            backend.upload(source, tensor);
            Arrays.fill(source, -1);
            backend.download(tensor, target);
            for (float value : target) {
              assertEquals(round, value);
            }
          }
        });
  }

  private DynamicTest downloadWaitsForWork() {
    return inArena(
        "a download waits for the work before it, and work for the upload before it",
        (backend, arena) -> {
          int size = suite.isFull() ? 200 : 20;
          float[] ones = new float[size * size];
          Arrays.fill(ones, 1);
          Tensor a = arena.upload("a", ones, size, size);
          Tensor out = arena.allocate("out", size, size);
          float[] result = new float[size * size];
          for (int round = 1; round <= 3; round++) {
            Arrays.fill(ones, round);
            backend.upload(ones, a);
            suite.ops().matmul(a, Transpose.NO, a, Transpose.NO, WriteMode.OVERWRITE, out);
            backend.download(out, result);
            for (float value : result) {
              assertEquals((float) round * round * size, value);
            }
          }
        });
  }

  private static void mismatch(Executable transfer, String... parts) {
    ShapeMismatchException refusal = assertThrows(ShapeMismatchException.class, transfer);
    for (String part : parts) {
      assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
    }
  }

  private DynamicTest wrongLengths() {
    return inArena(
        "a transfer with an array of a wrong length names the tensor and both lengths",
        (backend, arena) -> {
          Tensor tensor = arena.allocate("weights", 2, 3);
          String name = "weights [2, 3]";
          mismatch(() -> backend.upload(new float[5], tensor), name, "6", "5");
          mismatch(() -> backend.upload(new float[7], tensor), name, "6", "7");
          mismatch(() -> backend.upload(new float[8], 3, tensor), name, "6", "5");
          mismatch(() -> backend.upload(new float[8], -1, tensor), name);
          mismatch(() -> backend.download(tensor, new float[5]), name, "6", "5");
          mismatch(() -> backend.download(tensor, new float[6], 1), name, "6", "5");
          mismatch(() -> backend.download(tensor, new float[6], -1), name);
          mismatch(() -> arena.upload("short", new float[2], 3), "short [3]", "3", "2");
        });
  }

  private DynamicTest wrongTypes() {
    return inArena(
        "a transfer between floats and whole numbers is refused",
        (backend, arena) -> {
          Tensor floats = arena.allocate("floats", 2);
          Tensor ints = arena.allocate("ints", DType.I32, 2);
          Class<IllegalArgumentException> type = IllegalArgumentException.class;
          assertThrows(type, () -> backend.upload(new int[2], floats));
          assertThrows(type, () -> backend.upload(new float[2], ints));
          assertThrows(type, () -> backend.download(floats, new int[2]));
          assertThrows(type, () -> backend.download(ints, new float[2]));
        });
  }

  private DynamicTest viewsOutOfRange() {
    return inArena(
        "a view that reaches past its tensor is refused",
        (backend, arena) -> {
          Tensor matrix = arena.allocate("matrix", 3, 2);
          mismatch(() -> matrix.view("past", 5, 2), "past [2]", "matrix [3, 2]");
          mismatch(() -> matrix.view("before", -1, 2), "before", "matrix [3, 2]");
          mismatch(() -> matrix.view("far", Long.MAX_VALUE, 1), "far");
          mismatch(() -> matrix.rows(2, 2), "matrix [3, 2]");
          mismatch(() -> matrix.view("negative", 0, -1), "negative");
          assertEquals(0, matrix.view("empty at the end", 6, 0).elements());
        });
  }

  private DynamicTest largeTransfer() {
    int length = suite.isFull() ? 3_000_001 : 30_001;
    return inArena(
        "a transfer of " + length + " elements",
        (backend, arena) -> {
          int[] values = new int[length];
          Arrays.setAll(values, i -> i * 7919);
          int[] back = new int[length];
          backend.download(arena.upload("large", values, length), back);
          assertArrayEquals(values, back);
        });
  }
}
