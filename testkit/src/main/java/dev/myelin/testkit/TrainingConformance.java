package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.OutOfDeviceMemoryException;
import dev.myelin.Profile;
import dev.myelin.data.Dataset;
import dev.myelin.nn.DivergedException;
import dev.myelin.nn.EpochReport;
import dev.myelin.nn.Evaluator;
import dev.myelin.nn.Gradients;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Layer;
import dev.myelin.nn.LearningRateSchedule;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Metrics;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import dev.myelin.nn.Optimizer;
import dev.myelin.nn.Predictor;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import dev.myelin.nn.TrainingResult;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What the trainer owes on every backend: repeatability, the ragged last batch, clipping,
 * schedules, early stopping, stopping, divergence, lack of memory. A backend's test class extends
 * it and names its device.
 */
public abstract class TrainingConformance extends TrainingRuns {
  private static final MlpSpec ONE_WEIGHT =
      MlpSpec.of(Activation.IDENTITY, Activation.IDENTITY, Layer.Bias.NONE, 0, 1, 1);

  @Test
  void fit_ofOneSeed_givesTheSameBitsTwice_andOtherBitsForAnotherSeed() {
    float[] first = trainedWithDropout(1);
    assertArrayEquals(first, trainedWithDropout(1));
    assertFalse(Arrays.equals(first, trainedWithDropout(2)));
  }

  @Test
  void fit_withAProfile_givesTheSameBits_andAllStepsWithTheirOperations() {
    Profile profile = new Profile();
    float[] profiled;
    try (Backend other = Backends.open(device(), BackendOptions.DEFAULT, profile)) {
      profiled = trainedWithDropout(other, 1);
    }
    assertArrayEquals(trainedWithDropout(1), profiled);
    // 150 samples in batches of 32 are 5 steps an epoch.
    assertEquals(3 * 5, profile.keptSteps());
    long updates = profile.events().stream().filter(each -> each.name().equals("adam")).count();
    assertEquals(3 * 5, updates);
  }

  @Test
  void gradients_areWhatAStepOfPlainDescentFollows() {
    Dataset batch = Blobs.of(40, 1);
    TrainingOptions options =
        TrainingOptions.defaults(Loss.crossEntropy())
            .withOptimizer(Optimizer.sgd(), 1)
            .withBatchSize(40)
            .withShuffle(false)
            .withEpochs(1);
    MlpSpec spec =
        MlpSpec.of(Activation.RELU, Activation.IDENTITY, Layer.Bias.TRAINED, 0.2f, 2, 7, 3);
    try (Mlp mlp = Mlp.create(backend(), spec, Initializer.HE, 5)) {
      List<NamedParameter> before = mlp.stateDict();
      List<NamedParameter> gradients = Gradients.of(mlp, batch, options.loss(), options.seed());
      assertArrayEquals(before.get(2).values(), mlp.stateDict().get(2).values());
      fit(mlp, options, batch);
      List<NamedParameter> after = mlp.stateDict();
      assertEquals(4, gradients.size());
      for (int i = 0; i < 4; i++) {
        assertEquals(before.get(i).name(), gradients.get(i).name());
        float[] expected = before.get(i).values().clone();
        for (int j = 0; j < expected.length; j++) {
          expected[j] -= gradients.get(i).values()[j]; // learning rate 1: no rounding but this
        }
        assertArrayEquals(expected, after.get(i).values(), after.get(i).name());
      }
    }
  }

  @Test
  void fit_withRaggedLastBatch_usesEverySampleOnce() {
    // One weight, squared error and plain SGD from zero: the steps can be followed by hand.
    float[] x = {1, 2, 3, 4, 5};
    float[] y = {2, 4, 6, 8, 10};
    double w = 0;
    double lossSum = 0;
    for (int from = 0; from < 5; from += 2) {
      int rows = Math.min(2, 5 - from);
      double gradient = 0;
      for (int i = from; i < from + rows; i++) {
        double error = w * x[i] - y[i];
        lossSum += error * error;
        gradient += 2 * error * x[i] / rows;
      }
      w -= 0.01 * gradient;
    }
    TrainingOptions options =
        TrainingOptions.defaults(Loss.meanSquaredError(Loss.Reduction.MEAN))
            .withOptimizer(Optimizer.sgd(), 0.01)
            .withBatchSize(2)
            .withEpochs(1)
            .withShuffle(false);
    try (Mlp mlp = oneWeight(0)) {
      EpochReport report = fit(mlp, options, regression(x, y)).epochs().get(0);
      assertEquals(lossSum / 5, report.loss(), 1e-5);
      assertEquals(w, weightOf(mlp), 1e-6);
      assertEquals(5, report.samples());
    }
  }

  @Test
  void fit_withClipping_movesByTheClippedNorm() {
    TrainingOptions options =
        TrainingOptions.defaults(Loss.meanSquaredError(Loss.Reduction.MEAN))
            .withOptimizer(Optimizer.sgd(), 0.5)
            .withMaxGradientNorm(1)
            .withEpochs(1);
    try (Mlp mlp = oneWeight(3)) {
      fit(mlp, options, regression(new float[] {1000}, new float[] {0}));
      assertEquals(2.5, weightOf(mlp), 1e-5);
    }
  }

  @Test
  void fit_withSchedule_appliesTheRateOfEachStep() {
    // The gradient of the L1 loss is 1 throughout, so the weight falls by the sum of the rates.
    TrainingOptions options =
        TrainingOptions.defaults(Loss.l1())
            .withOptimizer(Optimizer.sgd(), 1)
            .withSchedule(LearningRateSchedule.step(2, 0.1))
            .withBatchSize(1)
            .withEpochs(3);
    try (Mlp mlp = oneWeight(0)) {
      fit(mlp, options, regression(new float[] {1, 1}, new float[] {-99, -99}));
      assertEquals(-(1 + 1 + 1 + 1 + 0.1 + 0.1), weightOf(mlp), 1e-5);
    }
  }

  @Test
  void fit_withPatience_stopsAndPutsTheBestEpochBack() {
    Dataset validation = Blobs.of(60, 2, 2);
    TrainingOptions options =
        TrainingOptions.defaults(Loss.crossEntropy())
            .withOptimizer(Optimizer.sgd(0.9f, false, 0), 2)
            .withBatchSize(8)
            .withEpochs(200)
            .withPatience(3);
    try (Mlp mlp =
        Mlp.create(backend(), MlpSpec.of(Activation.TANH, 2, 8, 3), Initializer.XAVIER, 5)) {
      TrainingResult result =
          new Trainer(options).fit(mlp, Blobs.of(200, 1, 2), validation, TrainingListener.NONE);
      assertEquals(TrainingResult.End.EARLY_STOPPING, result.end());
      assertEquals(result.epochs().size() - 3, result.bestEpoch());
      Metrics best = result.epochs().get(result.bestEpoch() - 1).validation();
      try (Evaluator evaluator = new Evaluator(mlp, validation, options.loss(), 7)) {
        Metrics restored = evaluator.evaluate();
        assertEquals(best.loss(), restored.loss(), 1e-5 * best.loss());
        assertEquals(best.accuracy(), restored.accuracy());
      }
    }
  }

  @Test
  void requestStop_endsAfterTheStepItIsIn() {
    TrainingOptions options =
        TrainingOptions.defaults(Loss.crossEntropy()).withBatchSize(10).withEpochs(50);
    Trainer trainer = new Trainer(options);
    int[] steps = new int[1];
    TrainingListener stopInThirdEpoch =
        new TrainingListener() {
          @Override
          public void stepDone(int epoch, int step, int stepsPerEpoch) {
            steps[0]++;
            if (epoch == 3 && step == 4) {
              trainer.requestStop();
            }
          }
        };
    try (Mlp mlp = classifier()) {
      TrainingResult result = trainer.fit(mlp, Blobs.of(100, 1), null, stopInThirdEpoch);
      assertEquals(TrainingResult.End.STOP_REQUESTED, result.end());
      assertEquals(2, result.epochs().size());
      assertEquals(24, steps[0]);
    }
  }

  @Test
  void fit_thatDiverges_saysWhereAndWhatToDo() {
    TrainingOptions options =
        TrainingOptions.defaults(Loss.meanSquaredError(Loss.Reduction.MEAN))
            .withOptimizer(Optimizer.sgd(), 1e30)
            .withEpochs(3);
    try (Mlp mlp = oneWeight(1)) {
      Dataset data = regression(new float[] {1, 2}, new float[] {3, 4});
      DivergedException diverged =
          assertThrows(DivergedException.class, () -> fit(mlp, options, data));
      assertTrue(diverged.getMessage().contains("learning rate"), diverged.getMessage());
      assertEquals(2, diverged.epoch());
    }
  }

  @Test
  void fit_thatDivergesInItsLastStep_isSeenInTheParameters() {
    TrainingOptions options =
        TrainingOptions.defaults(Loss.meanSquaredError(Loss.Reduction.MEAN))
            .withOptimizer(Optimizer.sgd(), 1e38)
            .withEpochs(1);
    try (Mlp mlp = oneWeight(1)) {
      Dataset data = regression(new float[] {100}, new float[] {0});
      DivergedException diverged =
          assertThrows(DivergedException.class, () -> fit(mlp, options, data));
      assertTrue(diverged.getMessage().contains("0.weight"), diverged.getMessage());
    }
  }

  @Test
  void fit_withoutRoomForABatch_throwsAndLeavesTheNetworkUsable() {
    BackendOptions tight = BackendOptions.DEFAULT.withMemoryBudgetBytes(64 << 10);
    try (Backend small = Backends.open(device(), tight);
        Mlp mlp = Mlp.create(small, MlpSpec.of(Activation.RELU, 2, 4, 3), Initializer.HE, 5)) {
      long used = small.memory().usedBytes();
      float[] before = mlp.stateDict().get(0).values();
      TrainingOptions options = TrainingOptions.defaults(Loss.crossEntropy()).withEpochs(1);
      // Data pass through the device in chunks, but a batch must fit.
      assertThrows(
          OutOfDeviceMemoryException.class,
          () -> fit(mlp, options.withBatchSize(10_000), Blobs.of(20_000, 1)));
      assertEquals(used, small.memory().usedBytes());
      assertArrayEquals(before, mlp.stateDict().get(0).values());
      assertEquals(1, fit(mlp, options, Blobs.of(50, 1)).epochs().size());
    }
  }

  @Test
  void fit_withDataThatDoesNotFitTheNetwork_saysBothSizes() {
    TrainingOptions options = TrainingOptions.defaults(Loss.crossEntropy());
    try (Mlp mlp = Mlp.create(backend(), MlpSpec.of(Activation.RELU, 5, 4, 3), Initializer.HE, 5)) {
      IllegalArgumentException error =
          assertThrows(IllegalArgumentException.class, () -> fit(mlp, options, Blobs.of(50, 1)));
      assertEquals("data blobs has 2 features, but network 5-4-3 takes 5", error.getMessage());
    }
  }

  @Test
  void fit_separatesBlobs_withEveryOptimizer() {
    Map<Optimizer, Double> learningRates =
        Map.of(
            Optimizer.sgd(), 0.5,
            Optimizer.sgd(0.9f, true, 1e-4f), 0.1,
            Optimizer.adagrad(), 0.1,
            Optimizer.rmsprop(), 0.01,
            Optimizer.adam(), 0.01,
            Optimizer.adamw(0.01f), 0.01);
    learningRates.forEach(
        (optimizer, rate) -> {
          TrainingOptions options =
              TrainingOptions.defaults(Loss.crossEntropy(0.05f))
                  .withOptimizer(optimizer, rate)
                  .withBatchSize(32)
                  .withEpochs(20);
          assertTrue(validationAccuracy(options, 3) > 0.97, optimizer.toString());
        });
  }

  @Test
  void fit_separatesBlobs_withEveryLossOnOneHotTargets() {
    for (Loss loss :
        List.of(
            Loss.meanSquaredError(Loss.Reduction.MEAN),
            Loss.meanSquaredError(Loss.Reduction.HALF_SUM),
            Loss.binaryCrossEntropy(),
            Loss.l1(),
            Loss.huber(0.5f))) {
      TrainingOptions options =
          TrainingOptions.defaults(loss)
              .withOptimizer(Optimizer.adam(), 0.01)
              .withBatchSize(32)
              .withEpochs(30);
      assertTrue(validationAccuracy(options, 3) > 0.97, loss.text());
    }
  }

  @Test
  void predict_inBatches_equalsPredictAtOnce() {
    float[] features = Blobs.of(23, 4).features();
    try (Mlp mlp = classifier();
        Predictor inBatches = new Predictor(mlp, 5);
        Predictor atOnce = new Predictor(mlp, 23)) {
      assertArrayEquals(atOnce.predict(features), inBatches.predict(features), 1e-6f);
      assertEquals(0, atOnce.predict(new float[0]).length);
    }
  }

  private double validationAccuracy(TrainingOptions options, int classes) {
    MlpSpec spec = MlpSpec.of(Activation.RELU, 2, 16, classes);
    try (Mlp mlp = Mlp.create(backend(), spec, Initializer.PYTORCH, 5)) {
      List<EpochReport> epochs =
          new Trainer(options)
              .fit(mlp, Blobs.of(300, 1), Blobs.of(200, 9), TrainingListener.NONE)
              .epochs();
      return epochs.get(epochs.size() - 1).validation().accuracy();
    }
  }

  private float[] trainedWithDropout(long seed) {
    return trainedWithDropout(backend(), seed);
  }

  private static float[] trainedWithDropout(Backend backend, long seed) {
    MlpSpec spec =
        MlpSpec.of(Activation.GELU, Activation.IDENTITY, Layer.Bias.TRAINED, 0.2f, 2, 33, 17, 3);
    TrainingOptions options =
        TrainingOptions.defaults(Loss.crossEntropy())
            .withBatchSize(32)
            .withEpochs(3)
            .withSeed(seed);
    // The weights are the same for every seed of the training, which alone makes the difference.
    try (Mlp mlp = Mlp.create(backend, spec, Initializer.HE, 5)) {
      fit(mlp, options, Blobs.of(150, 1));
      return mlp.stateDict().get(2).values();
    }
  }

  private Mlp classifier() {
    return Mlp.create(backend(), MlpSpec.of(Activation.RELU, 2, 4, 3), Initializer.HE, 5);
  }

  private Mlp oneWeight(float value) {
    NamedParameter weight = new NamedParameter("0.weight", new int[] {1, 1}, new float[] {value});
    return Mlp.of(backend(), ONE_WEIGHT, List.of(weight));
  }

  private static float weightOf(Mlp mlp) {
    return mlp.stateDict().get(0).values()[0];
  }

  private static Dataset regression(float[] x, float[] y) {
    return Dataset.regression("line", 1, x, y, List.of("y"));
  }
}
