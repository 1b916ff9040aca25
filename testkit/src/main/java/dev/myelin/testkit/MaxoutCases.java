package dev.myelin.testkit;

import dev.myelin.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** maxout and maxoutGradient: neither rounds, so every bit is known. */
final class MaxoutCases {
  private static final List<Integer> PIECES = List.of(1, 2, 5);

  private final Suite suite;

  private MaxoutCases(Suite suite) {
    this.suite = suite;
  }

  static Stream<DynamicTest> of(Suite suite) {
    MaxoutCases cases = new MaxoutCases(suite);
    Stream<DynamicTest> bySize =
        Sizes.matrices(suite).stream()
            .flatMap(
                size ->
                    PIECES.stream()
                        .flatMap(
                            pieces -> {
                              int count = size.elements() * pieces;
                              return Stream.of(
                                  cases.both(size, pieces, "any values", Values.spread(7, count)),
                                  cases.both(size, pieces, "many equals", few(count)));
                            }));
    return Stream.concat(bySize, Stream.of(cases.signedZeros(), cases.notANumber()));
  }

  /** 0, 1 or 2. */
  private static float[] few(int count) {
    int[] numbers = Values.ints(8, count, 3);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = numbers[i];
    }
    return values;
  }

  private DynamicTest both(Sizes.Matrix size, int pieces, String what, float[] z) {
    return suite.test(
        String.format("maxout(%d) %s of %s, forwards and backwards", pieces, size, what),
        fixture -> check(fixture, pieces, size.rows(), size.columns(), z));
  }

  private static void check(Fixture fixture, int pieces, int rows, int columns, float[] z) {
    float[] dY = Values.normal(9, rows * columns);
    Tensor zTensor = fixture.in("z", z, rows, pieces * columns);
    Tensor y = fixture.out("y", rows, columns);
    Tensor dZ = fixture.out("dZ", rows, pieces * columns);
    fixture.ops().maxout(pieces, zTensor, y);
    fixture.ops().maxoutGradient(pieces, zTensor, fixture.in("dY", dY, rows, columns), dZ);
    fixture.expect(y, () -> Reference.maxout(pieces, z, rows, columns));
    fixture.expect(dZ, () -> Reference.maxoutGradient(pieces, z, dY, rows, columns));
  }

  private DynamicTest signedZeros() {
    return suite.test(
        "maxout: 0 and -0 are equals, so the gradient goes to the first",
        fixture -> check(fixture, 2, 1, 2, new float[] {-0f, 0f, 0f, -0f}));
  }

  private DynamicTest notANumber() {
    return suite.test(
        "maxout: NaN is larger than any number, in its own unit only",
        fixture -> {
          float[] z = Values.normal(3, 3 * 2 * 35);
          z[0] = Float.NaN;
          z[3 * 35 + 20] = Float.NaN;
          z[5 * 35] = Float.POSITIVE_INFINITY;
          z[5 * 35 + 1] = Float.NEGATIVE_INFINITY;
          z[1] = Float.NaN;
          z[36] = Float.NaN;
          check(fixture, 2, 3, 35, z);
        });
  }
}
