package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.myelin.Activation;
import dev.myelin.data.Dataset;
import dev.myelin.nn.EpochReport;
import dev.myelin.nn.Layer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import dev.myelin.nn.Optimizer;
import dev.myelin.nn.Predictor;
import dev.myelin.nn.TrainingOptions;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole training runs with numbers from elsewhere: PyTorch's in float64, and the worked examples of
 * the documents that this project began with. A backend's test class extends it and names its
 * device.
 */
public abstract class GoldenTrainingConformance extends TrainingRuns {
  private static final TrainingOptions ONE_STEP_SGD =
      TrainingOptions.defaults(Loss.meanSquaredError(Loss.Reduction.HALF_SUM)).withEpochs(1);

  /** REDUCED follows the longest runs for their first steps only. */
  protected Effort effort() {
    return Effort.FULL;
  }

  static Stream<GoldenRun> goldenRuns() {
    return GoldenRun.all().stream();
  }

  @ParameterizedTest
  @MethodSource("goldenRuns")
  void fit_followsTheGoldenRunOfPyTorch(GoldenRun run) {
    try (Mlp mlp = Mlp.of(backend(), run.spec(), run.initialParameters())) {
      List<EpochReport> epochs = fit(mlp, run.options(), run.data()).epochs();
      double[] losses = run.losses();
      assertEquals(losses.length, epochs.size());
      for (int i = 0; i < losses.length; i++) {
        assertEquals(losses[i], epochs.get(i).loss(), 1e-4 * losses[i], "step " + (i + 1));
      }
      List<double[]> expected = run.finalParameters();
      List<NamedParameter> actual = mlp.stateDict();
      for (int i = 0; i < expected.size(); i++) {
        assertClose(expected.get(i), actual.get(i), 1e-4);
      }
    }
  }

  /**
   * Document 004's listing: 64 x 1000 to 100 sigmoid to 10, no bias, sum of squares, rate 1e-4,
   * 2000 steps, or the first hundredth of them.
   */
  @Test
  void fit_followsTheNumPyListing() {
    Map<?, ?> golden = (Map<?, ?>) GoldenRun.resource("golden-numpy-two-layer.json");
    long seed = (Long) golden.get("seed");
    float[] x = new GoldenGenerator(seed + 201).next(64 * 1000, 1);
    float[] y = new GoldenGenerator(seed + 202).next(64 * 10, 1);
    float[] w1 = transposed(new GoldenGenerator(seed + 203).next(1000 * 100, 1), 1000, 100);
    float[] w2 = transposed(new GoldenGenerator(seed + 204).next(100 * 10, 1), 100, 10);
    MlpSpec spec =
        MlpSpec.of(Activation.SIGMOID, Activation.IDENTITY, Layer.Bias.NONE, 0, 1000, 100, 10);
    List<NamedParameter> parameters = List.of(weight(0, 1000, w1), weight(2, 100, w2));
    List<String> names = IntStream.range(0, 10).mapToObj(i -> "y" + i).toList();
    int steps = effort() == Effort.FULL ? 2000 : 20;
    TrainingOptions options =
        TrainingOptions.defaults(Loss.meanSquaredError(Loss.Reduction.SUM))
            .withOptimizer(Optimizer.sgd(), 1e-4)
            .withEpochs(steps)
            .withBatchSize(64)
            .withShuffle(false);
    try (Mlp mlp = Mlp.of(backend(), spec, parameters)) {
      List<EpochReport> epochs =
          fit(mlp, options, Dataset.regression("listing", 1000, x, y, names)).epochs();
      Map<?, ?> losses = (Map<?, ?>) golden.get("loss_at_step");
      losses.forEach(
          (step, loss) -> {
            int index = Integer.parseInt((String) step);
            if (index < steps) {
              double actual = epochs.get(index).loss();
              assertEquals((Double) loss, actual, 1e-3 * (Double) loss, "step " + step);
            }
          });
    }
  }

  @Test
  void fit_followsWorkedExampleA() {
    float[] x = {.05f, .10f};
    Dataset data = exampleAData();
    TrainingOptions options = ONE_STEP_SGD.withOptimizer(Optimizer.sgd(), 0.5);
    try (Mlp mlp = exampleA();
        Predictor predictor = new Predictor(mlp, 1)) {
      assertArrayEquals(new float[] {0.751365f, 0.7729285f}, predictor.predict(x), 1e-6f);
      assertEquals(0.29837110876, fit(mlp, options, data).epochs().get(0).loss(), 1e-7);
      List<NamedParameter> updated = mlp.stateDict();
      double[] firstWeights = {0.149780716, 0.199561432, 0.249751144, 0.299502287};
      double[] secondWeights = {0.35891648, 0.408666186, 0.51130127, 0.561370121};
      assertClose(firstWeights, updated.get(0), 1e-6);
      assertClose(new double[] {.35f, .35f}, updated.get(1), 0);
      assertClose(secondWeights, updated.get(2), 1e-6);
      if (effort() == Effort.REDUCED) {
        return;
      }
      List<EpochReport> epochs = fit(mlp, options.withEpochs(9_999), data).epochs();
      assertEquals(0.29102777369, epochs.get(0).loss(), 1e-7);
      assertArrayEquals(new float[] {0.0159136f, 0.9840643f}, predictor.predict(x), 1e-5f);
      assertEquals(3.510187783e-05, fit(mlp, options, data).epochs().get(0).loss(), 1e-7);
    }
  }

  @Test
  void fit_followsWorkedExampleB() {
    Dataset data =
        Dataset.regression("B", 2, new float[] {.5f, .1f}, new float[] {1}, List.of("y"));
    try (Mlp mlp = exampleB()) {
      List<EpochReport> epochs =
          fit(mlp, ONE_STEP_SGD.withOptimizer(Optimizer.sgd(), 0.1), data).epochs();
      assertEquals(0.040082434, epochs.get(0).loss(), 1e-8);
      List<NamedParameter> updated = mlp.stateDict();
      double[] firstWeights = {0.100356589, 0.200071318, 0.300415024, 0.400083005};
      assertClose(firstWeights, updated.get(0), 1e-6);
      assertClose(new double[] {0.100713178, 0.200830047}, updated.get(1), 1e-6);
      assertClose(new double[] {0.503117024, 0.603426686}, updated.get(2), 1e-6);
      assertClose(new double[] {0.305746747}, updated.get(3), 1e-6);
    }
  }

  private static float[] transposed(float[] matrix, int rows, int columns) {
    float[] transposed = new float[matrix.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        transposed[j * rows + i] = matrix[i * columns + j];
      }
    }
    return transposed;
  }
}
