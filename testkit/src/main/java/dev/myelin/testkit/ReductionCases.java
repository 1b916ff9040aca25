package dev.myelin.testkit;

import dev.myelin.Tensor;
import dev.myelin.WriteMode;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** sumRows, sum, softmax, argmaxRows, countEqual. */
final class ReductionCases {
  private final Suite suite;

  private ReductionCases(Suite suite) {
    this.suite = suite;
  }

  static Stream<DynamicTest> of(Suite suite) {
    ReductionCases cases = new ReductionCases(suite);
    return Stream.of(
            Sizes.matrices(suite).stream().flatMap(cases::ofMatrix),
            Sizes.lengths(suite).stream().flatMap(cases::ofLength),
            cases.special())
        .flatMap(stream -> stream);
  }

  private Stream<DynamicTest> ofMatrix(Sizes.Matrix size) {
    return Stream.of(
        sumRows(size, WriteMode.OVERWRITE),
        sumRows(size, WriteMode.ACCUMULATE),
        softmax(size, Values.normal(size.elements(), size.elements()), "normal"),
        softmax(size, Values.uniform(1, size.elements(), -900, 900), "from -900 to 900"),
        argmax(size, Values.spreadIfOdd(size.elements(), size.elements()), "any values"),
        argmax(size, ties(size), "many equals"));
  }

  private Stream<DynamicTest> ofLength(int length) {
    return Arrays.stream(WriteMode.values())
        .flatMap(mode -> Stream.of(sum(length, mode), countEqual(length, mode)));
  }

  private Stream<DynamicTest> special() {
    return Stream.of(
        sumRowsWithoutRows(),
        sumOfNotANumber(),
        sumOfOppositeInfinities(),
        softmaxOfNotANumber(),
        softmaxIgnoresMinusInfinity(),
        softmaxOfOneClass(),
        softmaxSubtractsTheMaximum(),
        argmaxOfNotANumber(),
        argmaxOfInfinities(),
        countIsExactAbove2To24());
  }

  private DynamicTest sumRows(Sizes.Matrix size, WriteMode mode) {
    long seed = size.elements() + 1L;
    return suite.test(
        "sumRows " + size + " " + mode + " seed " + seed,
        fixture -> {
          boolean accumulate = mode == WriteMode.ACCUMULATE;
          float[] matrix = Values.spreadIf(accumulate, seed, size.elements());
          float[] initial = Values.spread(seed + 2, size.columns());
          Tensor out =
              accumulate
                  ? fixture.inOut("out", initial, size.columns())
                  : fixture.out("out", size.columns());
          fixture.ops().sumRows(fixture.in("m", matrix, size.rows(), size.columns()), mode, out);
          fixture.expect(
              out,
              () ->
                  Reference.sumRows(
                      matrix, size.rows(), size.columns(), accumulate ? initial : null));
        });
  }

  private DynamicTest sumRowsWithoutRows() {
    return suite.test(
        "sumRows [0, 5] is zero, or leaves what was there",
        fixture -> {
          float[] before = {1, 2, 3, 4, 5};
          Tensor none = fixture.in("none", new float[0], 0, 5);
          Tensor out = fixture.out("out", 5);
          Tensor kept = fixture.inOut("kept", before, 5);
          fixture.ops().sumRows(none, WriteMode.OVERWRITE, out);
          fixture.ops().sumRows(none, WriteMode.ACCUMULATE, kept);
          fixture.expect(out, () -> Expected.exactly(new float[5]));
          fixture.expect(kept, () -> Expected.exactly(before));
        });
  }

  private DynamicTest sum(int length, WriteMode mode) {
    long seed = length + 1L;
    return suite.test(
        "sum [" + length + "] " + mode + " seed " + seed,
        fixture -> {
          boolean accumulate = mode == WriteMode.ACCUMULATE;
          float[] in = Values.spreadIf(accumulate, seed, length);
          float[] initial = {-3.5f};
          Tensor out = accumulate ? fixture.inOut("out", initial, 1) : fixture.out("out", 1);
          fixture.ops().sum(fixture.in("in", in, length), mode, out);
          fixture.expect(out, () -> Reference.sum(in, accumulate ? initial : null));
        });
  }

  private DynamicTest sumOfNotANumber() {
    return suite.test(
        "sum and sumRows show NaN, sumRows in its column only",
        fixture -> {
          float[] values = Values.normal(1, 7 * 33);
          values[100] = Float.NaN;
          Tensor matrix = fixture.in("matrix", values, 7, 33);
          Tensor rows = fixture.out("rows", 33);
          Tensor all = fixture.out("all", 1);
          fixture.ops().sumRows(matrix, WriteMode.OVERWRITE, rows);
          fixture.ops().sum(matrix, WriteMode.OVERWRITE, all);
          fixture.expect(rows, () -> Reference.sumRows(values, 7, 33, null));
          fixture.expect(all, () -> Expected.exactly(Float.NaN));
        });
  }

  private DynamicTest sumOfOppositeInfinities() {
    return suite.test(
        "sum of infinities is infinity, of opposite ones NaN",
        fixture -> {
          float infinity = Float.POSITIVE_INFINITY;
          Tensor one = fixture.out("one", 1);
          Tensor both = fixture.out("both", 1);
          fixture
              .ops()
              .sum(fixture.in("a", new float[] {1, infinity}, 2), WriteMode.OVERWRITE, one);
          fixture
              .ops()
              .sum(
                  fixture.in("b", new float[] {infinity, -infinity}, 2), WriteMode.OVERWRITE, both);
          fixture.expect(one, () -> Expected.exactly(infinity));
          fixture.expect(both, () -> Expected.exactly(Float.NaN));
        });
  }

  private DynamicTest softmax(Sizes.Matrix size, float[] logits, String what) {
    return suite.test(
        "softmax " + size + " " + what + ", and in place",
        fixture -> {
          Tensor out = fixture.out("out", size.rows(), size.columns());
          Tensor inPlace = fixture.inOut("inPlace", logits, size.rows(), size.columns());
          fixture.ops().softmax(fixture.in("logits", logits, size.rows(), size.columns()), out);
          fixture.ops().softmax(inPlace, inPlace);
          fixture.expect(out, () -> Reference.softmax(logits, size.rows(), size.columns()));
          fixture.expectSameBits(inPlace, out);
        });
  }

  private DynamicTest softmaxOfNotANumber() {
    return suite.test(
        "softmax of a row with NaN is NaN, the other rows are not",
        fixture -> {
          float[] logits = Values.normal(5, 3 * 17);
          logits[17 + 16] = Float.NaN;
          Tensor out = fixture.out("out", 3, 17);
          fixture.ops().softmax(fixture.in("logits", logits, 3, 17), out);
          Expected expected = Reference.softmax(logits, 3, 17);
          Arrays.fill(expected.values(), 17, 34, Double.NaN);
          fixture.expect(out, () -> expected);
        });
  }

  private DynamicTest softmaxIgnoresMinusInfinity() {
    return suite.test(
        "softmax gives 0 for minus infinity among numbers",
        fixture -> {
          Tensor out = fixture.out("out", 1, 3);
          float[] logits = {2, Float.NEGATIVE_INFINITY, 2};
          fixture.ops().softmax(fixture.in("logits", logits, 1, 3), out);
          fixture.expect(out, () -> Expected.exactly(0.5f, 0, 0.5f).plusError(0x1p-22));
        });
  }

  private DynamicTest softmaxOfOneClass() {
    return suite.test(
        "softmax of rows of one class is 1",
        fixture -> {
          Tensor out = fixture.out("out", 3, 1);
          fixture.ops().softmax(fixture.in("logits", new float[] {-1000, 0, 1000}, 3, 1), out);
          fixture.expect(out, () -> Expected.exactly(1, 1, 1).plusError(0x1p-22));
        });
  }

  private DynamicTest softmaxSubtractsTheMaximum() {
    return suite.test(
        "softmax of logits near the largest float does not overflow",
        fixture -> {
          float[] logits = {3e38f, 3e38f, -3e38f, 1e38f};
          Tensor out = fixture.out("out", 1, 4);
          fixture.ops().softmax(fixture.in("logits", logits, 1, 4), out);
          fixture.expect(out, () -> Expected.exactly(0.5f, 0.5f, 0, 0).plusError(0x1p-22));
        });
  }

  private static float[] ties(Sizes.Matrix size) {
    float[] values = new float[size.elements()];
    int[] few = Values.ints(size.elements(), values.length, 3);
    for (int i = 0; i < values.length; i++) {
      values[i] = few[i] - 5;
    }
    return values;
  }

  private DynamicTest argmax(Sizes.Matrix size, float[] values, String what) {
    return suite.test(
        "argmaxRows " + size + " " + what,
        fixture -> {
          Tensor out = fixture.outInts("out", size.rows());
          fixture.ops().argmaxRows(fixture.in("matrix", values, size.rows(), size.columns()), out);
          fixture.expect(out, Reference.argmaxRows(values, size.rows(), size.columns()));
        });
  }

  private DynamicTest argmaxOfNotANumber() {
    return suite.test(
        "argmaxRows takes the first NaN for the largest, wherever it stands",
        fixture -> {
          int columns = 37;
          float[] values = Values.normal(8, 4 * columns);
          values[0] = Float.NaN;
          values[columns + 36] = Float.NaN;
          values[2 * columns + 20] = Float.NaN;
          values[2 * columns + 21] = Float.NaN;
          values[2 * columns + 3] = Float.POSITIVE_INFINITY;
          Tensor out = fixture.outInts("out", 4);
          fixture.ops().argmaxRows(fixture.in("matrix", values, 4, columns), out);
          fixture.expect(out, Reference.argmaxRows(values, 4, columns));
        });
  }

  private DynamicTest argmaxOfInfinities() {
    return suite.test(
        "argmaxRows of rows of minus infinity is 0, of mixed infinities the positive one",
        fixture -> {
          float infinity = Float.POSITIVE_INFINITY;
          float[] values = {-infinity, -infinity, -infinity, -infinity, 1, infinity};
          Tensor out = fixture.outInts("out", 2);
          fixture.ops().argmaxRows(fixture.in("matrix", values, 2, 3), out);
          fixture.expect(out, 0, 2);
        });
  }

  private DynamicTest countEqual(int length, WriteMode mode) {
    return suite.test(
        "countEqual [" + length + "] " + mode + " seed " + length,
        fixture -> {
          int[] a = Values.ints(length, length, 3);
          int[] b = Values.ints(length + 1L, length, 3);
          int equal = 0;
          for (int i = 0; i < length; i++) {
            equal += a[i] == b[i] ? 1 : 0;
          }
          boolean accumulate = mode == WriteMode.ACCUMULATE;
          Tensor count =
              accumulate ? fixture.inOut("count", new int[] {7}, 1) : fixture.outInts("count", 1);
          fixture
              .ops()
              .countEqual(fixture.in("a", a, length), fixture.in("b", b, length), mode, count);
          fixture.expect(count, equal + (accumulate ? 7 : 0));
        });
  }

  private DynamicTest countIsExactAbove2To24() {
    return suite.test(
        "countEqual adds whole numbers, not floats",
        fixture -> {
          int[] same = {1 << 30, (1 << 30) + 1, -1};
          int[] other = {1 << 30, 1 << 30, -1};
          Tensor count = fixture.inOut("count", new int[] {1 << 24}, 1);
          fixture
              .ops()
              .countEqual(
                  fixture.in("a", same, 3), fixture.in("b", other, 3), WriteMode.ACCUMULATE, count);
          fixture.expect(count, (1 << 24) + 2);
        });
  }
}
