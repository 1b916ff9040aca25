package dev.myelin.testkit;

import dev.myelin.Backend;
import dev.myelin.Buffer;
import dev.myelin.DType;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The tensors of one case. Each is a view in the middle of a bigger buffer that is filled with
 * sentinels, at a different distance from an aligned address. Outputs start out as a pattern that
 * no operation writes, so that elements that are read before they are written, or never written,
 * are seen. {@link #finish} then looks whether sentinels and pure inputs are unchanged.
 */
final class Bench implements AutoCloseable {
  /** Not a number, so that what is computed from a sentinel shows it. */
  private static final int FLOAT_SENTINEL = 0x7fe5_0000;

  /** Not a number that arithmetic makes. */
  private static final int FLOAT_UNWRITTEN = 0x7fd1_5eed;

  private static final int INT_SENTINEL = 0x5eed_0000;
  private static final int INT_UNWRITTEN = 0x5bad_5bad;

  /** Distances from the beginning of a buffer: aligned, and off by various amounts. */
  private static final int[] DISTANCES = {64, 33, 82, 7, 48, 101, 36};

  private static final int GUARD_AFTER = 70;

  private enum Role {
    INPUT,
    OUTPUT,
    IN_OUT
  }

  private record Guarded(Tensor whole, Tensor tensor, Role role, IntArray initial) {}

  /** An array in a record. */
  private static final class IntArray {
    final int[] values;

    IntArray(int[] values) {
      this.values = values;
    }
  }

  private final Backend backend;
  private final Coverage coverage;
  private final Ops ops;
  private final TensorArena arena;
  private final boolean comparing;
  private final IdentityHashMap<Buffer, Set<String>> writers = new IdentityHashMap<>();
  private final List<Guarded> all = new ArrayList<>();

  /**
   * @param coverage is told which operations were compared
   * @param comparing whether {@link #expect} compares, or this run is only to be repeated
   */
  Bench(Backend backend, Coverage coverage, boolean comparing) {
    this.backend = backend;
    this.coverage = coverage;
    this.ops = Coverage.observing(backend.ops(), this::wrote);
    this.comparing = comparing;
    this.arena = new TensorArena(backend, "case");
  }

  Ops ops() {
    return ops;
  }

  private void wrote(String operation, Tensor output) {
    writers.computeIfAbsent(output.buffer(), buffer -> new HashSet<>()).add(operation);
  }

  /** Who wrote this tensor has been compared; an empty tensor shows nothing. */
  private void compared(Tensor actual) {
    if (comparing && actual.elements() > 0) {
      coverage.add(writers.getOrDefault(actual.buffer(), Set.of()));
    }
  }

  Backend backend() {
    return backend;
  }

  /** An input, which must not change. */
  Tensor in(String name, float[] values, int... shape) {
    return place(name, DType.F32, bits(values), Role.INPUT, shape);
  }

  /** An I32 input, which must not change. */
  Tensor in(String name, int[] values, int... shape) {
    return place(name, DType.I32, values, Role.INPUT, shape);
  }

  /** An output that is overwritten, all of it. */
  Tensor out(String name, int... shape) {
    int[] values = new int[count(shape)];
    Arrays.fill(values, FLOAT_UNWRITTEN);
    return place(name, DType.F32, values, Role.OUTPUT, shape);
  }

  /** An I32 output that is overwritten, all of it. */
  Tensor outInts(String name, int... shape) {
    int[] values = new int[count(shape)];
    Arrays.fill(values, INT_UNWRITTEN);
    return place(name, DType.I32, values, Role.OUTPUT, shape);
  }

  /** A tensor that is read and changed. */
  Tensor inOut(String name, float[] values, int... shape) {
    return place(name, DType.F32, bits(values), Role.IN_OUT, shape);
  }

  /** An I32 tensor that is read and changed. */
  Tensor inOut(String name, int[] values, int... shape) {
    return place(name, DType.I32, values, Role.IN_OUT, shape);
  }

  private Tensor place(String name, DType type, int[] values, Role role, int... shape) {
    int before = DISTANCES[all.size() % DISTANCES.length];
    int[] content = new int[before + values.length + GUARD_AFTER];
    for (int i = 0; i < content.length; i++) {
      content[i] = (type == DType.F32 ? FLOAT_SENTINEL : INT_SENTINEL) + (i & 0x7fff);
    }
    System.arraycopy(values, 0, content, before, values.length);
    Tensor whole = arena.allocate(name + " with guards", type, content.length);
    if (type == DType.F32) {
      backend.upload(floats(content), whole);
    } else {
      backend.upload(content, whole);
    }
    Tensor tensor = whole.view(name, before, shape);
    all.add(new Guarded(whole, tensor, role, new IntArray(content)));
    return tensor;
  }

  float[] floats(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.elements())];
    backend.download(tensor, values);
    return values;
  }

  int[] ints(Tensor tensor) {
    int[] values = new int[Math.toIntExact(tensor.elements())];
    backend.download(tensor, values);
    return values;
  }

  /** Fails unless every element is within its bound. */
  void expect(Tensor actual, Supplier<Expected> expected) {
    if (!comparing) {
      return;
    }
    String mismatch = expected.get().mismatch(floats(actual));
    if (mismatch != null) {
      throw new AssertionError(actual + ": " + mismatch);
    }
    compared(actual);
  }

  /** Fails unless the whole numbers are equal. */
  void expect(Tensor actual, int... expected) {
    int[] values = ints(actual);
    int at = Arrays.mismatch(values, expected);
    if (at >= 0) {
      throw new AssertionError(
          String.format(
              "%s: element %d of %s should be as in %s", actual, at, show(values), show(expected)));
    }
    compared(actual);
  }

  private static String show(int[] values) {
    return values.length <= 16
        ? Arrays.toString(values)
        : Arrays.toString(Arrays.copyOf(values, 16)) + " ...";
  }

  /** Fails unless both hold the same bits. */
  void expectSameBits(Tensor actual, Tensor expected) {
    int[] actualBits = numberBits(actual);
    int[] expectedBits = numberBits(expected);
    int at = Arrays.mismatch(actualBits, expectedBits);
    if (at >= 0) {
      throw new AssertionError(
          String.format(
              "%s: element %d is %08x, but in %s %08x",
              actual, at, actualBits[at], expected, expectedBits[at]));
    }
    compared(actual);
  }

  /** Fails when a sentinel or an input has changed, or an output was not written everywhere. */
  void finish() {
    for (Guarded guarded : all) {
      checkGuards(guarded);
      if (guarded.role == Role.OUTPUT) {
        checkWritten(guarded.tensor);
      }
    }
  }

  private void checkGuards(Guarded guarded) {
    int[] now = bits(guarded.whole);
    int[] before = guarded.initial.values;
    Tensor tensor = guarded.tensor;
    for (int i = 0; i < now.length; i++) {
      long element = i - tensor.offset();
      boolean inside = element >= 0 && element < tensor.elements();
      boolean mayChange = inside && guarded.role != Role.INPUT;
      if (!mayChange && now[i] != before[i]) {
        String what = inside ? "the input was changed" : "memory outside was changed";
        throw new AssertionError(
            String.format(
                "%s: %s at element %d: %08x became %08x",
                tensor, what, element, before[i], now[i]));
      }
    }
  }

  private void checkWritten(Tensor tensor) {
    int unwritten = tensor.type() == DType.F32 ? FLOAT_UNWRITTEN : INT_UNWRITTEN;
    int[] now = bits(tensor);
    for (int i = 0; i < now.length; i++) {
      if (now[i] == unwritten) {
        throw new AssertionError(tensor + ": element " + i + " was not written");
      }
    }
  }

  /** The bits of all tensors that may change. */
  List<int[]> results() {
    return all.stream()
        .filter(guarded -> guarded.role != Role.INPUT)
        .map(guarded -> numberBits(guarded.tensor))
        .toList();
  }

  /** Bits in which every NaN is the same one: which sign and payload a NaN has, no one promises. */
  private int[] numberBits(Tensor tensor) {
    int[] bits = bits(tensor);
    if (tensor.type() == DType.F32) {
      for (int i = 0; i < bits.length; i++) {
        bits[i] = Float.floatToIntBits(Float.intBitsToFloat(bits[i]));
      }
    }
    return bits;
  }

  private int[] bits(Tensor tensor) {
    return tensor.type() == DType.I32 ? ints(tensor) : bits(floats(tensor));
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  private static float[] floats(int[] bits) {
    float[] values = new float[bits.length];
    for (int i = 0; i < bits.length; i++) {
      values[i] = Float.intBitsToFloat(bits[i]);
    }
    return values;
  }

  private static int count(int... shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  @Override
  public void close() {
    arena.close();
  }
}
