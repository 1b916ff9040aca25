package dev.myelin.testkit;

import dev.myelin.Tensor;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** matmul: every transposition and write mode, and what must not spread from element to element. */
final class MatmulCases {
  private final Suite suite;

  private MatmulCases(Suite suite) {
    this.suite = suite;
  }

  static Stream<DynamicTest> of(Suite suite) {
    MatmulCases cases = new MatmulCases(suite);
    return Stream.concat(
        Sizes.products(suite).stream().flatMap(cases::ofSize),
        transpositions()
            .flatMap(
                t ->
                    Stream.of(
                        cases.notANumberStaysInItsRow(t),
                        cases.infinityTimesZeroIsNotANumber(t),
                        cases.identityIsExact(t))));
  }

  private record Transposition(Transpose a, Transpose b) {
    @Override
    public String toString() {
      return (a == Transpose.YES ? "aT " : "a ") + (b == Transpose.YES ? "bT" : "b");
    }
  }

  private static Stream<Transposition> transpositions() {
    return Arrays.stream(Transpose.values())
        .flatMap(a -> Arrays.stream(Transpose.values()).map(b -> new Transposition(a, b)));
  }

  private Stream<DynamicTest> ofSize(Sizes.Product size) {
    return transpositions()
        .flatMap(t -> Arrays.stream(WriteMode.values()).map(mode -> product(size, t, mode)));
  }

  private DynamicTest product(Sizes.Product size, Transposition t, WriteMode mode) {
    long seed = size.m() + 3L * size.k() + 5L * size.n() + (t.a == Transpose.YES ? 1 : 0);
    return suite.test(
        "matmul " + t + " " + size + " " + mode + " seed " + seed,
        fixture -> {
          boolean accumulate = mode == WriteMode.ACCUMULATE;
          float[] a = Values.spreadIf(accumulate, seed, size.m() * size.k());
          float[] b = Values.spreadIf(accumulate, seed + 1, size.k() * size.n());
          float[] initial = Values.spread(seed + 2, size.m() * size.n());
          Tensor out =
              accumulate
                  ? fixture.inOut("out", initial, size.m(), size.n())
                  : fixture.out("out", size.m(), size.n());
          run(fixture, a, b, size, t, mode, out);
          fixture.expect(out, () -> expected(a, b, size, t, accumulate ? initial : null));
        });
  }

  private static void run(
      Fixture fixture,
      float[] a,
      float[] b,
      Sizes.Product size,
      Transposition t,
      WriteMode mode,
      Tensor out) {
    Tensor left =
        t.a == Transpose.NO
            ? fixture.in("a", a, size.m(), size.k())
            : fixture.in("a", a, size.k(), size.m());
    Tensor right =
        t.b == Transpose.NO
            ? fixture.in("b", b, size.k(), size.n())
            : fixture.in("b", b, size.n(), size.k());
    fixture.ops().matmul(left, t.a, right, t.b, mode, out);
  }

  private Expected expected(
      float[] a, float[] b, Sizes.Product size, Transposition t, float[] initial) {
    return Reference.matmul(
        suite.precision(), a, t.a, b, t.b, size.m(), size.n(), size.k(), initial);
  }

  private DynamicTest notANumberStaysInItsRow(Transposition t) {
    Sizes.Product size = new Sizes.Product(19, 21, 35);
    return suite.test(
        "matmul " + t + " " + size + ": NaN in a and b reach their row and column, nothing else",
        fixture -> {
          float[] a = Values.normal(1, size.m() * size.k());
          float[] b = Values.normal(2, size.k() * size.n());
          a[a.length / 3] = Float.NaN;
          b[b.length / 2] = Float.NaN;
          productOf(fixture, a, b, size, t);
        });
  }

  private DynamicTest infinityTimesZeroIsNotANumber(Transposition t) {
    Sizes.Product size = new Sizes.Product(5, 18, 17);
    return suite.test(
        "matmul " + t + " " + size + ": infinities follow IEEE 754, infinity times zero is NaN",
        fixture -> {
          float[] infinite = Values.normal(3, size.m() * size.k());
          infinite[1] = Float.POSITIVE_INFINITY;
          infinite[infinite.length - 1] = Float.NEGATIVE_INFINITY;
          float[] zeros = Values.normal(4, size.k() * size.n());
          Arrays.fill(zeros, 0, zeros.length / 2, 0);
          productOf(fixture, infinite, zeros, size, t);
          Sizes.Product swapped = new Sizes.Product(size.n(), size.k(), size.m());
          productOf(fixture, zeros, infinite, swapped, t);
        });
  }

  private void productOf(
      Fixture fixture, float[] a, float[] b, Sizes.Product size, Transposition t) {
    Tensor out = fixture.out("out", size.m(), size.n());
    run(fixture, a, b, size, t, WriteMode.OVERWRITE, out);
    fixture.expect(out, () -> expected(a, b, size, t, null));
  }

  private DynamicTest identityIsExact(Transposition t) {
    Sizes.Product size = new Sizes.Product(37, 37, 37);
    return suite.test(
        "matmul "
            + t
            + " with the identity gives the matrix exactly, rounded as "
            + suite.precision(),
        fixture -> {
          float[] identity = new float[37 * 37];
          for (int i = 0; i < 37; i++) {
            identity[i * 38] = 1;
          }
          float[] b = Values.spread(6, 37 * 37);
          Tensor out = fixture.out("out", 37, 37);
          run(fixture, identity, b, size, t, WriteMode.OVERWRITE, out);
          double[] exact = expected(identity, b, size, t, null).values();
          fixture.expect(out, () -> new Expected(exact, new double[exact.length]));
        });
  }
}
