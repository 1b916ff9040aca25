package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation.DerivativeReads;
import dev.myelin.Transpose;
import dev.myelin.testkit.GoldenValues.GoldenActivation;
import dev.myelin.testkit.GoldenValues.GoldenLoss;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The reference against another implementation's float64 values and against small sums by hand. */
class ReferenceTest {
  /** float64 rounding of a few terms. */
  private static void requireClose(double expected, double actual, String what) {
    assertEquals(expected, actual, 1e-15 + 2e-12 * Math.abs(expected), what);
  }

  private static Bounded[] exact(double[] values) {
    return Arrays.stream(values).mapToObj(Bounded::exact).toArray(Bounded[]::new);
  }

  @Test
  void activations_equalTheGoldenValues() {
    GoldenValues golden = GoldenValues.activations();
    double[] z = golden.numbers("z");
    for (GoldenActivation activation : GoldenValues.ACTIVATIONS) {
      double[] y = golden.numbers(activation.name() + ".y");
      double[] dy = golden.numbers(activation.name() + ".dy");
      boolean readsOutput = activation.function().derivativeReads() == DerivativeReads.OUTPUT;
      // 1 + erf(z) keeps 16 digits of 1, not of itself, hence the absolute term.
      // The slope 0.01 is a float32 here, and 2e-8 of it off the golden values' float64.
      double slopeError = activation.name().startsWith("leaky") ? 3e-10 * 100 : 0;
      for (int i = 0; i < z.length; i++) {
        Bounded value = ReferenceFunctions.activation(activation.function(), Bounded.exact(z[i]));
        Bounded slope =
            ReferenceFunctions.derivative(
                activation.function(), Bounded.exact(readsOutput ? y[i] : z[i]));
        String what = activation.name() + " at " + z[i];
        assertEquals(y[i], value.value(), 1e-14 + slopeError + 2e-12 * Math.abs(y[i]), what);
        assertEquals(dy[i], slope.value(), 1e-14 + slopeError + 2e-12 * Math.abs(dy[i]), what);
      }
    }
  }

  @Test
  void elementLosses_equalTheGoldenValues() {
    GoldenValues golden = GoldenValues.losses();
    double[] p = golden.numbers("output");
    for (GoldenLoss loss : GoldenValues.ELEMENT_LOSSES) {
      double[] t = golden.numbers(loss.name() + ".target");
      double[] gradient = golden.numbers(loss.name() + ".gradient");
      double sum = 0;
      for (int i = 0; i < p.length; i++) {
        Bounded prediction = Bounded.exact(p[i]);
        Bounded target = Bounded.exact(t[i]);
        sum += ReferenceFunctions.loss(loss.loss(), prediction, target).value();
        double slope = ReferenceFunctions.lossDerivative(loss.loss(), prediction, target).value();
        requireClose(gradient[i], slope * loss.scale(), loss.name());
      }
      requireClose(golden.numbers(loss.name() + ".loss")[0], sum * loss.scale(), loss.name());
    }
  }

  @Test
  void crossEntropy_equalsTheGoldenValues() {
    GoldenValues golden = GoldenValues.losses();
    int[] labels = golden.ints("cross_entropy.target");
    int classes = GoldenValues.LOSS_COLUMNS;
    Bounded[] logits = exact(golden.numbers("output"));
    double[] gradient = golden.numbers("cross_entropy.gradient");
    double mean = 0;
    for (int i = 0; i < labels.length; i++) {
      Bounded[] row = Arrays.copyOfRange(logits, i * classes, (i + 1) * classes);
      mean += Reference.crossEntropy(row, labels[i], 0).value() / labels.length;
      Bounded[] slopes = Reference.crossEntropyGradient(row, labels[i], 0, 1);
      for (int j = 0; j < classes; j++) {
        requireClose(gradient[i * classes + j], slopes[j].value() / labels.length, "gradient");
      }
    }
    requireClose(golden.numbers("cross_entropy.loss")[0], mean, "loss");
  }

  @Test
  void matmul_ofSmallMatrices_isWhatItIsByHand() {
    float[] a = {1, 2, 3, 4, 5, 6};
    float[] b = {1, -1, 0, 2, 1, 1};
    double[] product = {4, 6, 10, 12};
    float[] aTransposed = {1, 4, 2, 5, 3, 6};
    float[] bTransposed = {1, 0, 1, -1, 2, 1};
    Transpose no = Transpose.NO;
    Transpose yes = Transpose.YES;
    assertArrayEquals(product, Reference.matmul(a, no, b, no, 2, 2, 3, null).values());
    assertArrayEquals(product, Reference.matmul(aTransposed, yes, b, no, 2, 2, 3, null).values());
    assertArrayEquals(product, Reference.matmul(a, no, bTransposed, yes, 2, 2, 3, null).values());
    float[] initial = {1, 1, 1, -12};
    assertArrayEquals(
        new double[] {5, 7, 11, 0},
        Reference.matmul(aTransposed, yes, bTransposed, yes, 2, 2, 3, initial).values());
  }

  @Test
  void argmaxRows_takesTheFirstOfEqualsAndTheFirstNaN() {
    float nan = Float.NaN;
    float[] rows = {1, 3, 3, nan, 5, nan, 2, nan, 9, -1, -2, -1};
    assertArrayEquals(new int[] {1, 0, 1, 0}, Reference.argmaxRows(rows, 4, 3));
  }

  @Test
  void networkGradient_byDifferencesAgreesWithBackpropagation() {
    ReferenceNetwork network =
        new ReferenceNetwork(
                new int[] {3, 4, 2},
                dev.myelin.Activation.TANH,
                new ReferenceNetwork.NetworkLoss(null, 0.1f),
                Values.normal(1, 6))
            .withTargets(new int[] {0, 1}, null);
    float[] point = Values.normal(2, network.parameterCount());
    double[] differences = network.gradient(point).values();
    Bounded[] backpropagated = network.backpropagate(ReferenceNetwork.point(point));
    for (int i = 0; i < differences.length; i++) {
      assertEquals(backpropagated[i].value(), differences[i], 1e-10);
    }
  }

  @Test
  void mismatch_wantsNaNForNaNAndTheSameInfinity() {
    float infinity = Float.POSITIVE_INFINITY;
    assertNull(
        Expected.exactly(Float.NaN, infinity, 1).mismatch(new float[] {Float.NaN, infinity, 1}));
    assertNotNull(Expected.exactly(Float.NaN).mismatch(new float[] {0}));
    assertNotNull(Expected.exactly(0).mismatch(new float[] {Float.NaN}));
    assertNotNull(Expected.exactly(infinity).mismatch(new float[] {-infinity}));
    assertNotNull(Expected.exactly(infinity).mismatch(new float[] {Float.MAX_VALUE}));
    assertNotNull(Expected.exactly(1, 2).mismatch(new float[] {1}));
  }

  @Test
  void mismatch_withinTheBound_isNone() {
    Expected expected = new Expected(new double[] {1}, new double[] {0.25});
    assertNull(expected.mismatch(new float[] {1.25f}));
    String reason = expected.mismatch(new float[] {1.5f});
    assertTrue(reason.contains("element 0 is 1.5, but should be 1.0"), reason);
  }

  @Test
  void mismatch_beyondTheLargestFloat_takesInfinityOfTheSameSign() {
    Expected expected = new Expected(new double[] {-1e39}, new double[] {1e32});
    assertNull(expected.mismatch(new float[] {Float.NEGATIVE_INFINITY}));
    assertNotNull(expected.mismatch(new float[] {Float.POSITIVE_INFINITY}));
  }

  @Test
  void mismatch_withoutAFiniteBound_isAnErrorOfTheReference() {
    Expected expected = new Expected(new double[] {1}, new double[] {Double.NaN});
    assertThrows(IllegalStateException.class, () -> expected.mismatch(new float[] {1}));
  }

  @Test
  void keeps_dependsOnSeedStreamAndStep() {
    boolean[] base = kept(7, 0, 0);
    assertFalse(Arrays.equals(base, kept(8, 0, 0)));
    assertFalse(Arrays.equals(base, kept(7, 1, 0)));
    assertFalse(Arrays.equals(base, kept(7, 0, 1)));
  }

  private static boolean[] kept(long seed, int stream, int step) {
    boolean[] kept = new boolean[64];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = Reference.keeps(i, 0.5f, seed, stream, step);
    }
    return kept;
  }
}
