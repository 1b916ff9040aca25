package dev.myelin.testkit;

import dev.myelin.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * fill, copy, add, subtract, multiply, scale, addBias: all round correctly, so bits are compared.
 */
final class ElementwiseCases {
  /** Where sums, differences and products are special. */
  private static final float[] SPECIAL = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    0f,
    -0f,
    1f,
    -1.5f,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.MIN_NORMAL,
    Float.MIN_VALUE,
    -3e-39f
  };

  private record Binary(String name, Operation operation, Formula formula) {
    interface Operation {
      void run(Fixture fixture, Tensor a, Tensor b, Tensor out);
    }

    interface Formula {
      float of(float a, float b);
    }

    Expected expected(float[] a, float[] b, double flushError) {
      float[] results = new float[a.length];
      for (int i = 0; i < results.length; i++) {
        results[i] = formula.of(a[i], b[i]);
      }
      return Expected.exactly(results).plusError(flushError);
    }
  }

  private static final List<Binary> BINARIES =
      List.of(
          new Binary("add", (t, a, b, out) -> t.ops().add(a, b, out), (a, b) -> a + b),
          new Binary("subtract", (t, a, b, out) -> t.ops().subtract(a, b, out), (a, b) -> a - b),
          new Binary("multiply", (t, a, b, out) -> t.ops().multiply(a, b, out), (a, b) -> a * b));

  private final Suite suite;

  private ElementwiseCases(Suite suite) {
    this.suite = suite;
  }

  static Stream<DynamicTest> of(Suite suite) {
    ElementwiseCases cases = new ElementwiseCases(suite);
    return Stream.of(
            Sizes.lengths(suite).stream().flatMap(cases::ofLength),
            Sizes.matrices(suite).stream().map(cases::addBias),
            BINARIES.stream().map(cases::special),
            Stream.of(
                cases.addWrapsAround(),
                cases.ofDifferentRank(),
                cases.bothOperandsTheSame(),
                cases.addBiasInPlace(),
                cases.scaleSpecial()))
        .flatMap(stream -> stream);
  }

  private Stream<DynamicTest> ofLength(int length) {
    return Stream.concat(
        BINARIES.stream()
            .flatMap(binary -> Stream.of(outOfPlace(binary, length), inPlace(binary, length))),
        Stream.of(fill(length), copy(length), copyInts(length), addInts(length), scale(length)));
  }

  /** All of them; without denormals where the device may take those for zero. */
  private float[] special() {
    int denormals = suite.flushError() > 0 ? 2 : 0;
    return Arrays.copyOf(SPECIAL, SPECIAL.length - denormals);
  }

  private DynamicTest outOfPlace(Binary binary, int length) {
    long seed = length + 11L;
    return suite.test(
        binary.name + " [" + length + "] seed " + seed,
        fixture -> {
          float[] a = Values.spreadIfOdd(seed, length);
          float[] b = Values.spreadIfOdd(seed + 2, length);
          Tensor out = fixture.out("out", length);
          binary.operation.run(
              fixture, fixture.in("a", a, length), fixture.in("b", b, length), out);
          fixture.expect(out, () -> binary.expected(a, b, suite.flushError()));
        });
  }

  private DynamicTest inPlace(Binary binary, int length) {
    long seed = length + 21L;
    return suite.test(
        binary.name + " in place, on either operand [" + length + "] seed " + seed,
        fixture -> {
          float[] a = Values.spreadIfOdd(seed, length);
          float[] b = Values.spreadIfOdd(seed + 2, length);
          Tensor left = fixture.inOut("a", a, length);
          Tensor right = fixture.inOut("b", b, length);
          binary.operation.run(fixture, left, fixture.in("b", b, length), left);
          binary.operation.run(fixture, fixture.in("a", a, length), right, right);
          fixture.expect(left, () -> binary.expected(a, b, suite.flushError()));
          fixture.expectSameBits(right, left);
        });
  }

  private DynamicTest special(Binary binary) {
    return suite.test(
        binary.name + " of NaN, infinities, zeros and denormals, each with each",
        fixture -> {
          float[] special = special();
          int count = special.length;
          float[] a = new float[count * count];
          float[] b = new float[count * count];
          for (int i = 0; i < a.length; i++) {
            a[i] = special[i / count];
            b[i] = special[i % count];
          }
          Tensor out = fixture.out("out", a.length);
          binary.operation.run(
              fixture, fixture.in("a", a, a.length), fixture.in("b", b, b.length), out);
          fixture.expect(out, () -> binary.expected(a, b, suite.flushError()));
        });
  }

  private DynamicTest bothOperandsTheSame() {
    return suite.test(
        "add, subtract, multiply with one tensor as both operands",
        fixture -> {
          float[] values = Values.normal(5, 37);
          Tensor both = fixture.in("both", values, 37);
          for (Binary binary : BINARIES) {
            Tensor out = fixture.out("out", 37);
            binary.operation.run(fixture, both, both, out);
            fixture.expect(out, () -> binary.expected(values, values, suite.flushError()));
          }
        });
  }

  private DynamicTest addInts(int length) {
    return suite.test(
        "add I32 [" + length + "], out of place and in place",
        fixture -> {
          int[] a = Values.ints(length, length, Integer.MAX_VALUE);
          int[] b = Values.ints(length + 1L, length, Integer.MAX_VALUE);
          int[] sums = new int[length];
          Arrays.setAll(sums, i -> a[i] + b[i]);
          Tensor out = fixture.outInts("out", length);
          Tensor inPlace = fixture.inOut("inPlace", a, length);
          Tensor right = fixture.in("b", b, length);
          fixture.ops().add(fixture.in("a", a, length), right, out);
          fixture.ops().add(inPlace, right, inPlace);
          fixture.expect(out, sums);
          fixture.expect(inPlace, sums);
        });
  }

  private DynamicTest addWrapsAround() {
    return suite.test(
        "add I32 wraps around, and is exact above 2^24",
        fixture -> {
          Tensor a = fixture.in("a", new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, 16777217}, 3);
          Tensor out = fixture.outInts("out", 3);
          fixture.ops().add(a, fixture.in("b", new int[] {1, -1, 2}, 3), out);
          fixture.expect(out, Integer.MIN_VALUE, Integer.MAX_VALUE, 16777219);
        });
  }

  private DynamicTest ofDifferentRank() {
    return suite.test(
        "tensors of different rank and the same number of elements",
        fixture -> {
          float[] values = Values.normal(8, 24);
          Tensor out = fixture.out("out", 2, 3, 4);
          fixture.ops().copy(fixture.in("in", values, 4, 6), out);
          fixture.expect(out, () -> Expected.exactly(values));
          Tensor scalar = fixture.out("scalar");
          fixture.ops().fill(3, scalar);
          fixture.expect(scalar, () -> Expected.exactly(3));
        });
  }

  private DynamicTest fill(int length) {
    return suite.test(
        "fill [" + length + "] with 1.1, NaN and -0",
        fixture -> {
          for (float value : new float[] {1.1f, Float.NaN, -0f}) {
            Tensor out = fixture.out("out", length);
            fixture.ops().fill(value, out);
            float[] expected = new float[length];
            Arrays.fill(expected, value);
            fixture.expect(out, () -> Expected.exactly(expected));
          }
        });
  }

  private DynamicTest copy(int length) {
    return suite.test(
        "copy [" + length + "] keeps every bit",
        fixture -> {
          float[] values = Values.spread(length, length);
          float[] special = special();
          for (int i = 0; i < Math.min(length, special.length); i++) {
            values[length - 1 - i] = special[i];
          }
          Tensor in = fixture.in("in", values, length);
          Tensor out = fixture.out("out", length);
          fixture.ops().copy(in, out);
          fixture.expectSameBits(out, in);
        });
  }

  private DynamicTest copyInts(int length) {
    return suite.test(
        "copy I32 [" + length + "]",
        fixture -> {
          int[] values = Values.ints(length, length, Integer.MAX_VALUE);
          Tensor out = fixture.outInts("out", length);
          fixture.ops().copy(fixture.in("in", values, length), out);
          fixture.expect(out, values);
        });
  }

  private DynamicTest scale(int length) {
    return suite.test(
        "scale [" + length + "] seed " + length + ", out of place and in place",
        fixture -> {
          float[] values = Values.spreadIfOdd(length, length);
          float[] expected = new float[length];
          for (int i = 0; i < length; i++) {
            expected[i] = -0.3f * values[i];
          }
          Tensor out = fixture.out("out", length);
          Tensor inPlace = fixture.inOut("inPlace", values, length);
          fixture.ops().scale(fixture.in("in", values, length), -0.3f, out);
          fixture.ops().scale(inPlace, -0.3f, inPlace);
          fixture.expect(out, () -> Expected.exactly(expected).plusError(suite.flushError()));
          fixture.expectSameBits(inPlace, out);
        });
  }

  private DynamicTest scaleSpecial() {
    return suite.test(
        "scale by 0 and by infinity keeps NaN and makes NaN of infinity times zero",
        fixture -> {
          float[] special = special();
          Tensor in = fixture.in("in", special, special.length);
          for (float factor : new float[] {0, Float.POSITIVE_INFINITY, Float.NaN}) {
            float[] expected = new float[special.length];
            for (int i = 0; i < expected.length; i++) {
              expected[i] = factor * special[i];
            }
            Tensor out = fixture.out("out", special.length);
            fixture.ops().scale(in, factor, out);
            fixture.expect(out, () -> Expected.exactly(expected).plusError(suite.flushError()));
          }
        });
  }

  private DynamicTest addBias(Sizes.Matrix size) {
    long seed = size.elements();
    return suite.test(
        "addBias " + size + " seed " + seed,
        fixture -> {
          float[] matrix = Values.spreadIfOdd(seed, size.elements());
          float[] bias = Values.spreadIfOdd(seed + 2, size.columns());
          Tensor out = fixture.out("out", size.rows(), size.columns());
          fixture
              .ops()
              .addBias(
                  fixture.in("matrix", matrix, size.rows(), size.columns()),
                  fixture.in("bias", bias, size.columns()),
                  out);
          fixture.expect(out, () -> biased(matrix, bias));
        });
  }

  private DynamicTest addBiasInPlace() {
    return suite.test(
        "addBias in place [33, 65]",
        fixture -> {
          float[] matrix = Values.normal(1, 33 * 65);
          float[] bias = Values.normal(2, 65);
          Tensor inPlace = fixture.inOut("matrix", matrix, 33, 65);
          fixture.ops().addBias(inPlace, fixture.in("bias", bias, 65), inPlace);
          fixture.expect(inPlace, () -> biased(matrix, bias));
        });
  }

  private Expected biased(float[] matrix, float[] bias) {
    float[] expected = new float[matrix.length];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = matrix[i] + bias[i % bias.length];
    }
    return Expected.exactly(expected).plusError(suite.flushError());
  }
}
