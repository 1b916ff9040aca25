package dev.myelin.testkit;

import dev.myelin.Activation.DerivativeReads;
import dev.myelin.Tensor;
import dev.myelin.testkit.GoldenValues.GoldenActivation;
import dev.myelin.testkit.GoldenValues.GoldenLoss;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The activations and losses against values of another implementation. Its inputs are float64, so
 * the bounds include what rounding the inputs to float32 may change.
 */
final class GoldenCases {
  private static final int ROWS = GoldenValues.LOSS_ROWS;
  private static final int COLUMNS = GoldenValues.LOSS_COLUMNS;

  private final Suite suite;
  private final GoldenValues activations = GoldenValues.activations();
  private final GoldenValues losses = GoldenValues.losses();

  private GoldenCases(Suite suite) {
    this.suite = suite;
  }

  static Stream<DynamicTest> of(Suite suite) {
    GoldenCases cases = new GoldenCases(suite);
    return Stream.of(
            GoldenValues.ACTIVATIONS.stream().map(cases::activation),
            GoldenValues.ELEMENT_LOSSES.stream().map(cases::elementLoss),
            Stream.of(
                cases.crossEntropy("cross_entropy", 0),
                cases.crossEntropy("cross_entropy_label_smoothing_0.1", 0.1f),
                cases.extremeCrossEntropy()))
        .flatMap(stream -> stream);
  }

  private DynamicTest activation(GoldenActivation golden) {
    return suite.test(
        "golden values of " + golden.name(),
        fixture -> {
          float[] z = activations.floats("z");
          Bounded[] exactZ = activations.rounded("z");
          Tensor zTensor = fixture.in("z", z, z.length);
          Tensor y = fixture.out("y", z.length);
          fixture.ops().activate(golden.function(), zTensor, y);
          fixture.expect(
              y,
              () ->
                  activations.expected(
                      golden.name() + ".y", Reference.activate(golden.function(), exactZ)));

          String valuesName = golden.name() + ".y";
          boolean readsOutput = golden.function().derivativeReads() == DerivativeReads.OUTPUT;
          float[] ones = new float[z.length];
          Arrays.fill(ones, 1);
          Tensor exactY = fixture.in("exact y", activations.floats(valuesName), z.length);
          Tensor dZ = fixture.out("dZ", z.length);
          fixture
              .ops()
              .activationGradient(
                  golden.function(), zTensor, exactY, fixture.in("dY", ones, z.length), dZ);
          Bounded[] read = readsOutput ? activations.rounded(valuesName) : exactZ;
          fixture.expect(
              dZ, () -> activations.expected(golden.name() + ".dy", slopes(golden, read)));
        });
  }

  private static Bounded[] slopes(GoldenActivation golden, Bounded[] read) {
    return Arrays.stream(read)
        .map(value -> ReferenceFunctions.derivative(golden.function(), value).times(Bounded.ONE))
        .toArray(Bounded[]::new);
  }

  private DynamicTest elementLoss(GoldenLoss golden) {
    return suite.test(
        "golden values of " + golden.name(),
        fixture -> {
          String targetName = golden.name() + ".target";
          Tensor rowLosses = fixture.out("rowLosses", ROWS);
          Tensor gradient = fixture.out("gradient", ROWS, COLUMNS);
          fixture
              .ops()
              .elementLoss(
                  golden.loss(),
                  fixture.in("prediction", losses.floats("output"), ROWS, COLUMNS),
                  fixture.in("target", losses.floats(targetName), ROWS, COLUMNS),
                  (float) golden.scale(),
                  rowLosses,
                  gradient);
          Bounded[] p = losses.rounded("output");
          Bounded[] t = losses.rounded(targetName);
          Bounded[] elements = new Bounded[p.length];
          Bounded[] slopes = new Bounded[p.length];
          for (int i = 0; i < p.length; i++) {
            elements[i] = ReferenceFunctions.loss(golden.loss(), p[i], t[i]);
            slopes[i] =
                ReferenceFunctions.lossDerivative(golden.loss(), p[i], t[i])
                    .times(Bounded.rounded(golden.scale()));
          }
          expectMean(fixture, rowLosses, golden.name(), golden.scale(), elements);
          fixture.expect(gradient, () -> losses.expected(golden.name() + ".gradient", slopes));
        });
  }

  /** The scaled sum of the row losses, taken in float64, is the golden loss. */
  private void expectMean(
      Fixture fixture, Tensor rowLosses, String name, double scale, Bounded... terms) {
    double sum = 0;
    for (float loss : fixture.floats(rowLosses)) {
      sum += loss;
    }
    double golden = losses.numbers(name + ".loss")[0];
    double bound = Bounded.sum(terms).error() * scale;
    if (!(Math.abs(sum * scale - golden) <= bound)) {
      throw new AssertionError(
          "the mean loss is " + sum * scale + " instead of " + golden + " within " + bound);
    }
  }

  private DynamicTest crossEntropy(String name, float smoothing) {
    return suite.test(
        "golden values of " + name,
        fixture -> {
          int[] labels = losses.ints(name + ".target");
          crossEntropy(fixture, name, "output", COLUMNS, labels, smoothing);
        });
  }

  private DynamicTest extremeCrossEntropy() {
    return suite.test(
        "golden values of cross_entropy_extreme",
        fixture -> {
          String name = "cross_entropy_extreme";
          crossEntropy(fixture, name, name + ".logits", 3, losses.ints(name + ".labels"), 0);
        });
  }

  private void crossEntropy(
      Fixture fixture, String name, String logitsName, int classes, int[] labels, float smoothing) {
    int rows = labels.length;
    Tensor rowLosses = fixture.out("rowLosses", rows);
    Tensor gradient = fixture.out("gradient", rows, classes);
    float scale = 1f / rows;
    fixture
        .ops()
        .softmaxCrossEntropy(
            fixture.in("logits", losses.floats(logitsName), rows, classes),
            fixture.in("labels", labels, rows),
            smoothing,
            scale,
            rowLosses,
            gradient);
    Bounded[] logits = losses.rounded(logitsName);
    Bounded[] elements = new Bounded[rows];
    Bounded[] slopes = new Bounded[rows * classes];
    for (int i = 0; i < rows; i++) {
      Bounded[] row = Arrays.copyOfRange(logits, i * classes, (i + 1) * classes);
      elements[i] = Reference.crossEntropy(row, labels[i], smoothing);
      Bounded[] rowSlopes = Reference.crossEntropyGradient(row, labels[i], smoothing, scale);
      System.arraycopy(rowSlopes, 0, slopes, i * classes, classes);
    }
    expectMean(fixture, rowLosses, name, 1.0 / rows, elements);
    fixture.expect(gradient, () -> losses.expected(name + ".gradient", slopes));
  }
}
