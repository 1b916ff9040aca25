package dev.myelin.testkit;

import dev.myelin.Activation;
import dev.myelin.Ops;
import dev.myelin.Precision;
import dev.myelin.Tensor;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * What {@link Ops} says of numbers below 2^-126. Sums, differences and products keep them, to the
 * bit: every exact result here is a multiple of 2^-149, so that no order of a sum and no fused
 * multiply-add rounds. On a device that flushes, a number or a result may be 0 instead.
 */
final class SubnormalCases {
  private static final float TINY = 1e-40f;

  /** The smallest float. */
  private static final float UNIT = Float.MIN_VALUE;

  private static final float[] VALUES = {
    TINY, -TINY, UNIT, -UNIT, Float.MIN_NORMAL, -Float.MIN_NORMAL, 3 * TINY, 0
  };

  private final Suite suite;

  private SubnormalCases(Suite suite) {
    this.suite = suite;
  }

  static Stream<DynamicTest> of(Suite suite) {
    SubnormalCases cases = new SubnormalCases(suite);
    Stream<DynamicTest> all =
        Stream.of(cases.elementwise(), cases.sums(), cases.updates(), cases.functions());
    // Other precisions round operands, and say of them what they do.
    return suite.precision() == Precision.F32
        ? Stream.concat(all, Stream.of(cases.matmul(1, 1, 3), cases.matmul(65, 33, 70)))
        : all;
  }

  private Expected kept(float... values) {
    return Expected.exactly(values).plusError(suite.flushError());
  }

  private DynamicTest elementwise() {
    return suite.test(
        "subnormal numbers: copy, fill, add, subtract, multiply, scale, addBias, relu",
        fixture -> {
          int length = VALUES.length;
          Tensor in = fixture.in("in", VALUES, length);
          Tensor row = fixture.in("row", VALUES, 1, length);
          Tensor[] out = new Tensor[8];
          for (int i = 0; i < out.length; i++) {
            out[i] = i == 6 ? fixture.out("out6", 1, length) : fixture.out("out" + i, length);
          }
          Tensor small = fixture.in("small", filled(length, 1e-20f), length);
          fixture.ops().copy(in, out[0]);
          fixture.ops().fill(TINY, out[1]);
          fixture.ops().add(in, in, out[2]);
          fixture.ops().subtract(in, fixture.in("units", filled(length, UNIT), length), out[3]);
          fixture.ops().multiply(small, small, out[4]);
          fixture.ops().scale(in, 3, out[5]);
          fixture.ops().addBias(row, in, out[6]);
          fixture.ops().activate(Activation.RELU, in, out[7]);
          // Nothing is computed in a copy, so nothing is flushed.
          fixture.expect(out[0], () -> Expected.exactly(VALUES));
          fixture.expect(out[1], () -> Expected.exactly(filled(length, TINY)));
          fixture.expect(out[2], () -> kept(each(value -> value + value)));
          fixture.expect(out[3], () -> kept(each(value -> value - UNIT)));
          fixture.expect(out[4], () -> kept(filled(length, 1e-20f * 1e-20f)));
          fixture.expect(out[5], () -> kept(each(value -> 3 * value)));
          fixture.expect(out[6], () -> kept(each(value -> value + value)));
          fixture.expect(out[7], () -> kept(each(value -> Math.max(0, value))));
        });
  }

  /** One factor a small multiple of 2^-149, the other a small whole number. */
  private DynamicTest matmul(int rows, int columns, int k) {
    return suite.test(
        "subnormal numbers: matmul [" + rows + ", " + k + "] x [" + k + ", " + columns + "]",
        fixture -> {
          float[] a = new float[rows * k];
          float[] b = new float[k * columns];
          for (int i = 0; i < a.length; i++) {
            a[i] = (i * 7 % 23 - 11) * UNIT;
          }
          for (int i = 0; i < b.length; i++) {
            b[i] = i * 5 % 13 - 6;
          }
          float[] product = new float[rows * columns];
          for (int i = 0; i < product.length; i++) {
            for (int j = 0; j < k; j++) {
              product[i] += a[i / columns * k + j] * b[j * columns + i % columns];
            }
          }
          Tensor out = fixture.out("out", rows, columns);
          fixture
              .ops()
              .matmul(
                  fixture.in("a", a, rows, k),
                  Transpose.NO,
                  fixture.in("b", b, k, columns),
                  Transpose.NO,
                  WriteMode.OVERWRITE,
                  out);
          // A flushed term or partial sum is less than 2^-126 each.
          fixture.expect(
              out, () -> Expected.exactly(product).plusError(2 * k * suite.flushError()));
        });
  }

  private DynamicTest sums() {
    int rows = 37;
    return suite.test(
        "subnormal numbers: sumRows",
        fixture -> {
          Tensor out = fixture.out("out", 2);
          fixture
              .ops()
              .sumRows(
                  fixture.in("matrix", filled(2 * rows, TINY), rows, 2), WriteMode.OVERWRITE, out);
          float sum = Float.intBitsToFloat(rows * Float.floatToIntBits(TINY));
          fixture.expect(
              out, () -> Expected.exactly(sum, sum).plusError(rows * suite.flushError()));
        });
  }

  private DynamicTest updates() {
    return suite.test(
        "subnormal numbers: sgd, and adam with gradients whose squares are 0",
        fixture -> {
          int length = VALUES.length;
          Tensor rates = fixture.in("rates", new float[] {2, 1, 1}, 3);
          Tensor gradients = fixture.in("gradients", VALUES, length);
          Tensor parameters = fixture.inOut("parameters", VALUES, length);
          fixture.ops().sgd(0, false, 0, rates, gradients, null, parameters);
          fixture.expect(
              parameters,
              () -> Expected.exactly(each(value -> -value)).plusError(3 * suite.flushError()));
          Tensor ones = fixture.inOut("ones", filled(length, 1), length);
          Tensor first = fixture.inOut("first", new float[length], length);
          Tensor second = fixture.inOut("second", new float[length], length);
          fixture.ops().adam(0.9f, 0.999f, 1e-8f, 0, false, rates, gradients, first, second, ones);
          // A step of 2 * 0.1 * 2^-126 / 1e-8 is nothing beside 1.
          fixture.expect(ones, () -> Expected.exactly(filled(length, 1)));
          fixture.expect(second, () -> Expected.exactly(new float[length]));
        });
  }

  /** Of functions only an absolute error of 2^-126 is promised, and no sign that is wrong. */
  private DynamicTest functions() {
    return suite.test(
        "subnormal results: sigmoid and softmax of -100, tanh of subnormal numbers",
        fixture -> {
          Tensor sigmoid = fixture.out("sigmoid", 2);
          Tensor softmax = fixture.out("softmax", 1, 2);
          Tensor tanh = fixture.out("tanh", VALUES.length);
          fixture
              .ops()
              .activate(Activation.SIGMOID, fixture.in("z", new float[] {-100, -89}, 2), sigmoid);
          fixture.ops().softmax(fixture.in("logits", new float[] {0, -100}, 1, 2), softmax);
          fixture.ops().activate(Activation.TANH, fixture.in("in", VALUES, VALUES.length), tanh);
          double halfway = Bounded.SMALLEST_NORMAL / 2;
          // Both are less than 2^-126: from 0 to there, half of it around the middle.
          fixture.expect(
              sigmoid,
              () -> new Expected(new double[] {halfway, halfway}, new double[] {halfway, halfway}));
          fixture.expect(
              softmax, () -> new Expected(new double[] {1, halfway}, new double[] {0, halfway}));
          fixture.expect(tanh, () -> Expected.exactly(VALUES).plusError(Bounded.SMALLEST_NORMAL));
        });
  }

  private interface Formula {
    float of(float value);
  }

  private static float[] each(Formula formula) {
    float[] results = new float[VALUES.length];
    for (int i = 0; i < results.length; i++) {
      results[i] = formula.of(VALUES[i]);
    }
    return results;
  }

  private static float[] filled(int length, float value) {
    float[] values = new float[length];
    Arrays.fill(values, value);
    return values;
  }
}
