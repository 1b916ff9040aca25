package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.data.Dataset;
import dev.myelin.data.GeneratedData;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import dev.myelin.nn.Optimizer;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A hundred steps of training give the CPU backend's weights within a bound. For other backends
 * than the CPU's, which must be on the class path of the test.
 *
 * <p>The bound: a step moves a weight by lr times a gradient that is a sum of products, and each of
 * the two backends may round that gradient by at most (k + 2) 2^-24 of the sum's magnitude, k being
 * the sum's length, which is here at most inputs + hidden + classes + batch through both directions
 * (Higham, "Accuracy and Stability of Numerical Algorithms", section 3.1). A gradient's terms are
 * averages over the batch of an error of at most 1 times an activation of at most 1, so the
 * magnitude is at most 1. What a step brings in, later steps magnify; by how much is measured: the
 * CPU's training is repeated from weights that differ by {@link #SHIFT}. What comes out is below
 * {@link #STATED_BOUND}, the number that docs/reliability.md gives.
 */
public abstract class CpuParityConformance {
  private static final int STEPS = 100;
  private static final int BATCH = 20;
  private static final int HIDDEN = 16;
  private static final double LEARNING_RATE = 0.1;
  private static final float SHIFT = 0x1p-12f;
  private static final double STATED_BOUND = 2e-4;
  private static final double ROUNDING = 0x1p-24;

  private static final Dataset DATA = GeneratedData.moons(STEPS * BATCH, 3);
  private static final MlpSpec NETWORK = MlpSpec.of(Activation.TANH, 2, HIDDEN, 2);

  /** As in {@link BackendConformance}. */
  protected abstract String device();

  @Test
  void hundredSteps_giveTheWeightsOfTheCpu() {
    float[] cpu = trained("cpu", 0);
    float[] other = trained(device(), 0);
    double magnified = Math.max(1, largestDifference(cpu, trained("cpu", SHIFT)) / SHIFT);
    double roundedPerStep = LEARNING_RATE * (2 + HIDDEN + 2 + BATCH + 2) * ROUNDING;
    double bound = 2 * STEPS * roundedPerStep * magnified;
    double difference = largestDifference(cpu, other);
    assertTrue(bound <= STATED_BOUND, "bound " + bound + " at " + magnified);
    assertTrue(
        difference <= bound, "off by " + difference + ", bound " + bound + " at " + magnified);
    assertTrue(largestDifference(cpu, initial()) > 1000 * bound, "training moved the weights");
  }

  private static double largestDifference(float[] a, float[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs((double) a[i] - b[i]));
    }
    return largest;
  }

  private static float[] initial() {
    try (Backend backend = TestDevices.open("cpu", BackendOptions.DEFAULT);
        Mlp mlp = Mlp.create(backend, NETWORK, Initializer.XAVIER, 11)) {
      return values(mlp);
    }
  }

  private static float[] trained(String device, float shift) {
    try (Backend backend = TestDevices.open(device, BackendOptions.DEFAULT);
        Mlp mlp = Mlp.create(backend, NETWORK, Initializer.XAVIER, 11)) {
      mlp.load(shifted(mlp.stateDict(), shift));
      TrainingOptions options =
          TrainingOptions.defaults(Loss.crossEntropy())
              .withOptimizer(Optimizer.sgd(), LEARNING_RATE)
              .withBatchSize(BATCH)
              .withEpochs(1);
      new Trainer(options).fit(mlp, DATA, null, TrainingListener.NONE);
      return values(mlp);
    }
  }

  /** Every second parameter up by the shift, every other one down. */
  private static List<NamedParameter> shifted(List<NamedParameter> parameters, float shift) {
    List<NamedParameter> moved = new ArrayList<>();
    for (NamedParameter parameter : parameters) {
      float[] values = parameter.values().clone();
      for (int i = 0; i < values.length; i++) {
        values[i] += i % 2 == 0 ? shift : -shift;
      }
      moved.add(new NamedParameter(parameter.name(), parameter.shape(), values));
    }
    return moved;
  }

  private static float[] values(Mlp mlp) {
    List<Float> all = new ArrayList<>();
    for (NamedParameter parameter : mlp.stateDict()) {
      for (float value : parameter.values()) {
        all.add(value);
      }
    }
    float[] values = new float[all.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = all.get(i);
    }
    return values;
  }
}
