package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.data.Dataset;
import dev.myelin.nn.EpochReport;
import dev.myelin.nn.Evaluator;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Layer;
import dev.myelin.nn.LearningRule;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import dev.myelin.nn.Optimizer;
import dev.myelin.nn.TrainingOptions;
import dev.myelin.nn.TrainingResult;
import dev.myelin.random.Philox;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The learning rules besides the gradient, against loops in float64 and known numbers. A backend's
 * test class extends it and names its device.
 */
public abstract class LearningRuleConformance extends TrainingRuns {
  private static final float[] CORNERS = {0, 0, 0, 1, 1, 0, 1, 1};
  private static final int[] AND = {0, 0, 0, 1};
  private static final int[] OR = {0, 1, 1, 1};
  private static final int[] XOR = {0, 1, 1, 0};

  private static final TrainingOptions SQUARED_ERROR_ONE_BY_ONE =
      TrainingOptions.defaults(Loss.meanSquaredError(Loss.Reduction.HALF_SUM))
          .withBatchSize(1)
          .withShuffle(false);

  /** REDUCED follows the long runs for their first steps only. */
  protected Effort effort() {
    return Effort.FULL;
  }

  /** The numbers were computed apart, in float64; the gradient's are those of the document. */
  @Test
  void backwardErrors_onWorkedExampleA_differFromTheGradientInTheFirstLayer() {
    TrainingOptions options =
        SQUARED_ERROR_ONE_BY_ONE
            .withOptimizer(Optimizer.sgd(), 0.5)
            .withEpochs(1)
            .withRule(LearningRule.BACKWARD_ERRORS);
    try (Mlp mlp = exampleA()) {
      assertEquals(0.29837110876, fit(mlp, options, exampleAData()).epochs().get(0).loss(), 1e-7);
      List<NamedParameter> updated = mlp.stateDict();
      // By the gradient: 0.149780716, 0.199561432, 0.249751144, 0.299502287. The steps of the first
      // neuron are 5.172 times as long here, those of the second 5.178 times.
      assertClose(
          new double[] {0.148865825, 0.197731650, 0.248711365, 0.297422730}, updated.get(0), 1e-7);
      // As by the gradient: the last layer has its error from the loss.
      assertClose(
          new double[] {0.35891648, 0.408666186, 0.51130127, 0.561370121}, updated.get(2), 1e-7);
      // By the gradient: 0.2910277737.
      assertEquals(0.2910237856, fit(mlp, options, exampleAData()).epochs().get(0).loss(), 1e-7);
      if (effort() == Effort.FULL) {
        fit(mlp, options.withEpochs(9_998), exampleAData());
        // By the gradient: 3.510187783e-5.
        double loss = fit(mlp, options, exampleAData()).epochs().get(0).loss();
        assertEquals(4.585862387e-6, loss, 1e-8);
      }
    }
  }

  @Test
  void backwardErrors_throughThreeLayers_followTheLoopsInFloat64() {
    followsTheLoops(LearningRule.BACKWARD_ERRORS);
  }

  /** So the loops themselves are right. */
  @Test
  void gradient_throughThreeLayers_followsTheLoopsInFloat64() {
    followsTheLoops(LearningRule.GRADIENT);
  }

  private void followsTheLoops(LearningRule rule) {
    int epochs = 5;
    float[] x = Values.normal(1, 6 * 3);
    float[] t = Values.uniform(2, 6 * 2, 0.1, 0.9);
    TrainingOptions options =
        SQUARED_ERROR_ONE_BY_ONE
            .withOptimizer(Optimizer.sgd(), 0.5)
            .withEpochs(epochs)
            .withRule(rule);
    try (Mlp mlp = Mlp.create(backend(), sigmoids(3, 4, 5, 2), Initializer.XAVIER, 3)) {
      SigmoidNetwork loops = new SigmoidNetwork(mlp.stateDict());
      for (int step = 0; step < epochs * 6; step++) {
        int i = step % 6;
        double[] sample = {x[3 * i], x[3 * i + 1], x[3 * i + 2]};
        double[] target = {t[2 * i], t[2 * i + 1]};
        loops.step(sample, target, 0.5, rule == LearningRule.BACKWARD_ERRORS);
      }
      fit(mlp, options, Dataset.regression("values", 3, x, t, List.of("a", "b")));
      List<NamedParameter> stateDict = mlp.stateDict();
      for (int i = 0; i < stateDict.size(); i++) {
        // 30 steps, each off by a few roundings of numbers below 2.
        assertClose(loops.parameters().get(i), stateDict.get(i), 30 * 8 * Math.ulp(1f));
      }
    }
  }

  @Test
  void backwardErrors_throughLinearLayersWithDropout_areTheGradientBitForBit() {
    MlpSpec spec =
        MlpSpec.of(Activation.IDENTITY, Activation.IDENTITY, Layer.Bias.TRAINED, 0.3f, 3, 6, 5, 2);
    float[] x = Values.normal(1, 8 * 3);
    float[] t = Values.uniform(2, 8 * 2, -0.9, 0.9);
    Dataset data = Dataset.regression("values", 3, x, t, List.of("a", "b"));
    TrainingOptions options = SQUARED_ERROR_ONE_BY_ONE.withEpochs(3);
    try (Mlp byGradient = Mlp.create(backend(), spec, Initializer.XAVIER, 3);
        Mlp byErrors = Mlp.create(backend(), spec, Initializer.XAVIER, 3)) {
      fit(byGradient, options, data);
      fit(byErrors, options.withRule(LearningRule.BACKWARD_ERRORS), data);
      for (int i = 0; i < 6; i++) {
        assertArrayEquals(
            byGradient.stateDict().get(i).values(), byErrors.stateDict().get(i).values());
      }
    }
  }

  @Test
  void backwardErrors_withMomentumAndWithAdam_learnXor() {
    if (effort() == Effort.REDUCED) {
      return;
    }
    for (Optimizer optimizer : List.of(Optimizer.sgd(0.9f, false, 0), Optimizer.adam())) {
      double rate = optimizer.equals(Optimizer.adam()) ? 0.02 : 0.5;
      TrainingOptions options =
          SQUARED_ERROR_ONE_BY_ONE
              .withOptimizer(optimizer, rate)
              .withEpochs(2000)
              .withBatchSize(4)
              .withRule(LearningRule.BACKWARD_ERRORS);
      try (Mlp mlp = Mlp.create(backend(), sigmoids(2, 8, 1), Initializer.PYTORCH, 1)) {
        fit(mlp, options, corners(XOR));
        assertEquals(1, accuracy(mlp, corners(XOR)), optimizer.toString());
      }
    }
  }

  @Test
  void perceptron_learnsAndAndOr_asRosenblattsLoopsDo() {
    for (Activation unit : List.of(Activation.STEP, Activation.SIGN)) {
      for (int[] table : List.of(AND, OR)) {
        try (Mlp mlp = unit(unit, 2)) {
          TrainingResult result = fit(mlp, TrainingOptions.perceptron(), corners(table));
          double[] weights = new double[3];
          int epochs = rosenblatt(CORNERS, table, weights);
          assertEquals(TrainingResult.End.NO_MISTAKE_LEFT, result.end());
          assertEquals(epochs, result.epochs().size());
          EpochReport last = result.epochs().get(epochs - 1);
          assertEquals(0, LearningRule.mistakes(last, mlp.spec()));
          assertArrayEquals(
              new float[] {(float) weights[0], (float) weights[1]},
              mlp.stateDict().get(0).values());
          assertEquals(weights[2], mlp.stateDict().get(1).values()[0]);
          assertEquals(1, accuracy(mlp, corners(table)));
        }
      }
    }
  }

  /** Whole numbers, so nothing rounds. Returns the epochs, the last one without a mistake. */
  private static int rosenblatt(float[] x, int[] labels, double[] weights) {
    for (int epoch = 1; ; epoch++) {
      int mistakes = 0;
      for (int i = 0; i < labels.length; i++) {
        double z = weights[0] * x[2 * i] + weights[1] * x[2 * i + 1] + weights[2];
        int error = labels[i] - (z > 0 ? 1 : 0);
        weights[0] += error * x[2 * i];
        weights[1] += error * x[2 * i + 1];
        weights[2] += error;
        mistakes += Math.abs(error);
      }
      if (mistakes == 0) {
        return epoch;
      }
    }
  }

  @Test
  void perceptron_onSeparableData_endsWithoutAMistake() {
    Philox random = new Philox(4, 77);
    int samples = effort() == Effort.FULL ? 200 : 30;
    float[] x = new float[2 * samples];
    int[] labels = new int[samples];
    for (int i = 0; i < samples; i++) {
      labels[i] = i % 2;
      double along = random.nextDouble(-1, 1);
      double across = (labels[i] == 0 ? -1 : 1) * random.nextDouble(0.3, 1);
      x[2 * i] = (float) (along + across);
      x[2 * i + 1] = (float) (across - along + 0.5);
    }
    Dataset data = Dataset.classification("cloven", 2, x, labels, List.of("below", "above"));
    try (Mlp mlp = unit(Activation.STEP, 2)) {
      TrainingResult result = fit(mlp, TrainingOptions.perceptron(), data);
      assertEquals(TrainingResult.End.NO_MISTAKE_LEFT, result.end());
      assertEquals(1, accuracy(mlp, data));
    }
  }

  @Test
  void perceptron_onXor_makesMistakesToTheLastEpoch() {
    for (Activation unit : List.of(Activation.STEP, Activation.SIGN)) {
      try (Mlp mlp = unit(unit, 2)) {
        TrainingOptions options = TrainingOptions.perceptron().withEpochs(50);
        TrainingResult result = fit(mlp, options, corners(XOR));
        assertEquals(TrainingResult.End.ALL_EPOCHS, result.end());
        assertEquals(50, result.epochs().size());
        for (EpochReport epoch : result.epochs().subList(10, 50)) {
          assertTrue(LearningRule.mistakes(epoch, mlp.spec()) >= 1);
        }
        assertTrue(accuracy(mlp, corners(XOR)) <= 0.75);
      }
    }
  }

  @Test
  void perceptron_withAUnitAClassAndLongerSteps_countsTheMistakesOfUnits() {
    Dataset data =
        Dataset.classification(
            "three", 1, new float[] {-2, 0.5f, 3}, new int[] {0, 1, 2}, List.of("a", "b", "c"));
    TrainingOptions options =
        TrainingOptions.perceptron().withOptimizer(Optimizer.sgd(), 1.5).withEpochs(1);
    MlpSpec spec = MlpSpec.of(Activation.SIGN, Activation.SIGN, Layer.Bias.NONE, 0, 1, 3);
    try (Mlp mlp = Mlp.of(backend(), spec, List.of(weight(0, 1, -1, 0, 1)))) {
      EpochReport epoch = fit(mlp, options, data).epochs().get(0);
      // -2 is right. 0.5 gives -1, -1, 1: two units are wrong; a step leads to weights of -1, 0.75,
      // 0.25. 3 gives -1, 1, 1: one is wrong.
      assertEquals(3, LearningRule.mistakes(epoch, spec));
    }
  }

  @Test
  void rules_thatCannotTeachANetwork_sayWhyAndWhatToDo() {
    TrainingOptions perceptron = TrainingOptions.perceptron().withEpochs(1);
    refused("leave those out", MlpSpec.of(Activation.STEP, 2, 3, 1), perceptron, corners(AND));
    refused("make it 1", unitSpec(Activation.STEP), perceptron.withBatchSize(2), corners(AND));
    refused(
        "use sgd without momentum",
        unitSpec(Activation.STEP),
        perceptron.withOptimizer(Optimizer.sgd(0.5f, false, 0), 1),
        corners(AND));
    refused("make it step or sign", unitSpec(Activation.RELU), perceptron, corners(AND));
    Dataset values =
        Dataset.regression("values", 1, new float[] {1, 2}, new float[] {1, 0.3f}, List.of("y"));
    MlpSpec oneInput = MlpSpec.of(Activation.SIGN, Activation.SIGN, Layer.Bias.TRAINED, 0, 1, 1);
    refused("targets of -1 and 1", oneInput, perceptron, values);
    refused("sample 1 of data values has 0.3", oneInput, perceptron, values);
    TrainingOptions gradient = perceptron.withRule(LearningRule.GRADIENT);
    refused("derivative is 0", unitSpec(Activation.SIGN), gradient, corners(AND));
    MlpSpec maxout = MlpSpec.of(Activation.maxout(2), 2, 3, 1);
    refused("maxout(2)", maxout, gradient.withRule(LearningRule.BACKWARD_ERRORS), corners(AND));
  }

  private void refused(String reason, MlpSpec spec, TrainingOptions options, Dataset data) {
    try (Mlp mlp = Mlp.create(backend(), spec, Initializer.XAVIER, 1)) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> fit(mlp, options, data)).getMessage();
      assertTrue(message.contains(reason), message);
    }
  }

  private static double accuracy(Mlp mlp, Dataset data) {
    Loss loss = TrainingOptions.perceptron().loss();
    try (Evaluator evaluator = new Evaluator(mlp, data, loss, data.samples())) {
      return evaluator.evaluate().accuracy();
    }
  }

  private static Dataset corners(int[] table) {
    return Dataset.classification("corners", 2, CORNERS, table, List.of("false", "true"));
  }

  private static MlpSpec unitSpec(Activation unit) {
    return MlpSpec.of(unit, unit, Layer.Bias.TRAINED, 0, 2, 1);
  }

  /** A threshold unit whose weights are zero. */
  private Mlp unit(Activation unit, int inputs) {
    List<NamedParameter> zeros = List.of(weight(0, inputs, new float[inputs]), bias(0, 0));
    return Mlp.of(backend(), unitSpec(unit), zeros);
  }

  private static MlpSpec sigmoids(int... sizes) {
    return MlpSpec.of(Activation.SIGMOID, Activation.SIGMOID, Layer.Bias.TRAINED, 0, sizes);
  }
}
