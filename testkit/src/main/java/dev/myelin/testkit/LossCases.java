package dev.myelin.testkit;

import dev.myelin.ElementLoss;
import dev.myelin.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** softmaxCrossEntropy and elementLoss. */
final class LossCases {
  static final List<ElementLoss> ELEMENT_LOSSES =
      List.of(
          ElementLoss.SQUARED_ERROR,
          ElementLoss.ABSOLUTE_ERROR,
          ElementLoss.huber(1),
          ElementLoss.huber(0.3f),
          ElementLoss.BINARY_CROSS_ENTROPY);

  private final Suite suite;

  private LossCases(Suite suite) {
    this.suite = suite;
  }

  static Stream<DynamicTest> of(Suite suite) {
    LossCases cases = new LossCases(suite);
    Stream<DynamicTest> crossEntropy =
        Sizes.matrices(suite).stream()
            .flatMap(
                size ->
                    Stream.of(0f, 0.1f, 1f).map(smoothing -> cases.crossEntropy(size, smoothing)));
    Stream<DynamicTest> elementLosses =
        Sizes.matrices(suite).stream()
            .flatMap(size -> ELEMENT_LOSSES.stream().map(loss -> cases.elementLoss(loss, size)));
    Stream<DynamicTest> special =
        Stream.of(
            cases.crossEntropyOfLargeLogits(),
            cases.crossEntropyOfOneClass(),
            cases.crossEntropyOfNotANumber());
    Stream<DynamicTest> specialElements =
        ELEMENT_LOSSES.stream()
            .flatMap(
                loss ->
                    Stream.of(
                        cases.farAndNear(loss), cases.notANumber(loss), cases.noColumns(loss)));
    return Stream.of(crossEntropy, elementLosses, special, specialElements).flatMap(s -> s);
  }

  private DynamicTest crossEntropy(Sizes.Matrix size, float smoothing) {
    long seed = size.elements();
    return suite.test(
        "softmaxCrossEntropy " + size + " smoothing " + smoothing + " seed " + seed,
        fixture -> {
          float[] logits = Values.uniform(seed, size.elements(), -12, 12);
          int[] labels = Values.ints(seed, size.rows(), size.columns());
          float scale = 1f / Math.max(1, size.rows());
          crossEntropy(fixture, size, logits, labels, smoothing, scale);
        });
  }

  private static void crossEntropy(
      Fixture fixture,
      Sizes.Matrix size,
      float[] logits,
      int[] labels,
      float smoothing,
      float gradientScale) {
    int classes = size.columns();
    Tensor rowLosses = fixture.out("rowLosses", size.rows());
    Tensor gradient = fixture.out("logitGradient", size.rows(), classes);
    fixture
        .ops()
        .softmaxCrossEntropy(
            fixture.in("logits", logits, size.rows(), classes),
            fixture.in("labels", labels, size.rows()),
            smoothing,
            gradientScale,
            rowLosses,
            gradient);
    fixture.expect(rowLosses, () -> Reference.crossEntropy(logits, labels, classes, smoothing));
    fixture.expect(
        gradient,
        () -> Reference.crossEntropyGradient(logits, labels, classes, smoothing, gradientScale));
  }

  private DynamicTest crossEntropyOfLargeLogits() {
    return suite.test(
        "softmaxCrossEntropy of logits of +-10000 does not overflow",
        fixture -> {
          float[] logits = {1e4f, -1e4f, 0, -1e4f, 1e4f, 5, 1e4f, 1e4f, 1e4f};
          crossEntropy(fixture, new Sizes.Matrix(3, 3), logits, new int[] {0, 2, 1}, 0, 1);
        });
  }

  private DynamicTest crossEntropyOfOneClass() {
    return suite.test(
        "softmaxCrossEntropy of rows of one class is 0, and so is its gradient",
        fixture -> {
          float[] logits = {-7, 0, 1000};
          crossEntropy(fixture, new Sizes.Matrix(3, 1), logits, new int[3], 0, 0.5f);
          crossEntropy(fixture, new Sizes.Matrix(3, 1), logits, new int[3], 0.1f, 0.5f);
        });
  }

  private DynamicTest crossEntropyOfNotANumber() {
    return suite.test(
        "softmaxCrossEntropy of a row with NaN is NaN, the other rows are not",
        fixture -> {
          float[] logits = Values.normal(4, 3 * 35);
          logits[35 + 30] = Float.NaN;
          crossEntropy(fixture, new Sizes.Matrix(3, 35), logits, new int[] {1, 2, 3}, 0, 1);
        });
  }

  private DynamicTest elementLoss(ElementLoss loss, Sizes.Matrix size) {
    long seed = size.elements();
    return suite.test(
        "elementLoss " + name(loss) + " " + size + " seed " + seed,
        fixture -> {
          float[] prediction = Values.uniform(seed, size.elements(), -3, 3);
          float[] target = targets(loss, seed + 1, size.elements());
          elementLoss(fixture, loss, size, prediction, target, 1f / Math.max(1, size.elements()));
        });
  }

  static float[] targets(ElementLoss loss, long seed, int count) {
    boolean probabilities = loss.kind() == ElementLoss.Kind.BINARY_CROSS_ENTROPY;
    return Values.uniform(seed, count, probabilities ? 0 : -3, probabilities ? 1 : 3);
  }

  static String name(ElementLoss loss) {
    return loss.kind() + (loss.delta() == 0 ? "" : "(" + loss.delta() + ")");
  }

  private static void elementLoss(
      Fixture fixture,
      ElementLoss loss,
      Sizes.Matrix size,
      float[] prediction,
      float[] target,
      float gradientScale) {
    int rows = size.rows();
    int columns = size.columns();
    Tensor rowLosses = fixture.out("rowLosses", rows);
    Tensor gradient = fixture.out("gradient", rows, columns);
    fixture
        .ops()
        .elementLoss(
            loss,
            fixture.in("prediction", prediction, rows, columns),
            fixture.in("target", target, rows, columns),
            gradientScale,
            rowLosses,
            gradient);
    fixture.expect(rowLosses, () -> Reference.elementLoss(loss, prediction, target, rows, columns));
    fixture.expect(
        gradient, () -> Reference.elementLossGradient(loss, prediction, target, gradientScale));
  }

  /** Errors of exactly 0 and delta, and logits whose exponential would overflow. */
  private DynamicTest farAndNear(ElementLoss loss) {
    return suite.test(
        "elementLoss " + name(loss) + " where it bends, and far out",
        fixture -> {
          float[] prediction = {0, 1, 0.3f, -1, 2, 100, -100, 1000, -1000, 20, -20, 1e-6f};
          float[] target = {0, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0};
          elementLoss(fixture, loss, new Sizes.Matrix(4, 3), prediction, target, 0.25f);
        });
  }

  private DynamicTest notANumber(ElementLoss loss) {
    return suite.test(
        "elementLoss " + name(loss) + ": NaN reaches its row's loss and its own gradient",
        fixture -> {
          float[] prediction = Values.normal(2, 3 * 19);
          float[] target = targets(loss, 3, 3 * 19);
          prediction[19 + 4] = Float.NaN;
          elementLoss(fixture, loss, new Sizes.Matrix(3, 19), prediction, target, 1);
        });
  }

  private DynamicTest noColumns(ElementLoss loss) {
    return suite.test(
        "elementLoss " + name(loss) + " [3, 0]: the losses are 0",
        fixture ->
            elementLoss(fixture, loss, new Sizes.Matrix(3, 0), new float[0], new float[0], 1));
  }
}
