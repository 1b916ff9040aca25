package dev.myelin.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.random.Philox;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class TrainingOptionsTest {
  @Test
  void schedules_giveTheFactorsOfTheirFormulas() {
    assertEquals(1, LearningRateSchedule.constant().factor(7, 10, 100));
    LearningRateSchedule step = LearningRateSchedule.step(2, 0.5);
    assertEquals(1, step.factor(19, 10, 100));
    assertEquals(0.5, step.factor(20, 10, 100));
    assertEquals(0.25, step.factor(40, 10, 100));
    LearningRateSchedule cosine = LearningRateSchedule.cosine();
    assertEquals(1, cosine.factor(0, 10, 100));
    assertEquals(0.5, cosine.factor(50, 10, 100), 1e-15);
    assertEquals((1 + Math.cos(0.99 * Math.PI)) / 2, cosine.factor(99, 10, 100), 1e-15);
  }

  @Test
  void warmup_risesInAStraightLine_thenFollowsTheOther() {
    LearningRateSchedule schedule = LearningRateSchedule.warmup(0.1, LearningRateSchedule.cosine());
    for (int step = 0; step < 10; step++) {
      assertEquals((step + 1) / 11.0, schedule.factor(step, 10, 100), 1e-15);
    }
    assertEquals(1, schedule.factor(10, 10, 100));
    assertEquals(0.5, schedule.factor(55, 10, 100), 1e-15);
  }

  @Test
  void adamsRates_correctTheBiasOfTheFirstSteps() {
    float[] rates = new float[4];
    Optimizer.adam().rates(0.5, 1, rates, 1);
    float firstCorrection = (float) (1 / (1 - (double) 0.9f));
    float secondCorrection = (float) (1 / Math.sqrt(1 - (double) 0.999f));
    assertArrayEquals(new float[] {0, 0.5f, firstCorrection, secondCorrection}, rates);
    Optimizer.adam().rates(0.5, 1_000_000, rates, 1);
    assertArrayEquals(new float[] {0, 0.5f, 1, 1}, rates);
  }

  @Test
  void valuesOutOfRange_areRefusedByName() {
    TrainingOptions options = TrainingOptions.defaults(Loss.l1());
    assertRefused("learningRate", () -> options.withOptimizer(Optimizer.sgd(), 0));
    assertRefused("learningRate", () -> options.withOptimizer(Optimizer.sgd(), Double.NaN));
    assertRefused("epochs", () -> options.withEpochs(0));
    assertRefused("batchSize", () -> options.withBatchSize(0));
    assertRefused("maxGradientNorm", () -> options.withMaxGradientNorm(-1));
    assertRefused("patience", () -> options.withPatience(-1));
    assertRefused("momentum", () -> Optimizer.sgd(1, false, 0));
    assertRefused("momentum", () -> Optimizer.sgd(0, true, 0));
    assertRefused("weightDecay", () -> Optimizer.adamw(-1));
    assertRefused("weightDecay", () -> Optimizer.adamw(Float.NaN));
    assertRefused("beta2", () -> new Optimizer.Adam(0.9f, 1, 1e-8f, 0, false));
    assertRefused("epsilon", () -> new Optimizer.Adagrad(0, 0));
    assertRefused("alpha", () -> new Optimizer.RmsProp(1, 1e-8f, 0));
    assertRefused("labelSmoothing", () -> Loss.crossEntropy(1));
    assertRefused("delta", () -> Loss.huber(0));
  }

  private static void assertRefused(String name, Supplier<?> wrong) {
    String message = assertThrows(IllegalArgumentException.class, wrong::get).getMessage();
    assertTrue(message.contains(name), message);
  }

  @Test
  void initializers_haveTheVarianceOfTheirFormulas() {
    Layer layer = new Layer(300, 200, Activation.RELU, Layer.Bias.TRAINED, 0);
    assertDistribution(Initializer.HE, layer, 2.0 / 300, 0);
    assertDistribution(Initializer.XAVIER, layer, 2.0 / 500, 0);
    assertDistribution(Initializer.PYTORCH, layer, 1.0 / 300 / 3, 1 / Math.sqrt(300));
  }

  private static void assertDistribution(
      Initializer initializer, Layer layer, double variance, double biasBound) {
    float[] weight = new float[layer.inputs() * layer.outputs()];
    float[] bias = new float[layer.outputs()];
    initializer.draw(layer, new Philox(1, 1), weight, bias);
    double sum = 0;
    double squares = 0;
    for (float value : weight) {
      sum += value;
      squares += (double) value * value;
    }
    int count = weight.length;
    // Five standard errors; a normal distribution's fourth moment is the larger one.
    assertEquals(0, sum / count, 5 * Math.sqrt(variance / count), initializer.name());
    assertEquals(
        variance, squares / count, 5 * variance * Math.sqrt(2.0 / count), initializer.name());
    double largestBias = 0;
    for (float value : bias) {
      largestBias = Math.max(largestBias, Math.abs(value));
    }
    assertTrue(largestBias <= biasBound, initializer.name());
    assertTrue(largestBias >= 0.9 * biasBound, initializer.name());
  }

  @Test
  void initializer_suitsTheActivation() {
    assertEquals(Initializer.HE, Initializer.suiting(Activation.GELU));
    assertEquals(Initializer.XAVIER, Initializer.suiting(Activation.TANH));
  }

  @Test
  void reduction_dividesByWhatItsNameSays() {
    assertEquals(3, Loss.meanSquaredError(Loss.Reduction.MEAN).reduce(24, 4, 2));
    assertEquals(3, Loss.meanSquaredError(Loss.Reduction.HALF_SUM).reduce(24, 4, 2));
    assertEquals(24, Loss.meanSquaredError(Loss.Reduction.SUM).reduce(24, 4, 2));
    assertEquals(6, Loss.crossEntropy().reduce(24, 4, 2));
    List<Loss> means = List.of(Loss.binaryCrossEntropy(), Loss.l1(), Loss.huber(1));
    means.forEach(loss -> assertEquals(3, loss.reduce(24, 4, 2)));
  }

  @Test
  void regressionMetrics_areThoseOfTheFormulas() {
    float[] predictions = {1, 10, 2, 20, 4, 30};
    float[] targets = {1, 10, 2, 20, 3, 33};
    Metrics metrics = RegressionMetrics.of(0.5, predictions, targets, 2);
    assertEquals(Math.sqrt((1 + 9) / 6.0), metrics.rmse(), 1e-12);
    double total = 121 + 1 + 144; // around the mean 21: 11^2 + 1^2 + 12^2
    assertEquals(((1 - 1 / 2.0) + (1 - 9 / total)) / 2, metrics.r2(), 1e-12);
    assertEquals(3, metrics.samples());
    Metrics constant = RegressionMetrics.of(0, new float[] {5, 5}, new float[] {5, 5}, 1);
    assertEquals(1, constant.r2());
  }
}
