package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.data.Dataset;
import dev.myelin.data.GeneratedData;
import dev.myelin.nn.Evaluator;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Layer;
import dev.myelin.nn.LearningRateSchedule;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import dev.myelin.nn.Optimizer;
import dev.myelin.nn.Predictor;
import dev.myelin.nn.TrainingOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The systems of the documents that this project began with, with the documents' numbers as an
 * independent program recomputed them in float64. {@link GoldenTrainingConformance} has the runs
 * that go step by step, {@link LearningRuleConformance} the rules besides the gradient. A backend's
 * test class extends it and names its device.
 */
public abstract class WorkedExamplesConformance extends TrainingRuns {
  private static final float ULP = Math.ulp(1f);

  private static final TrainingOptions HALF_SQUARED_ERROR =
      TrainingOptions.defaults(Loss.meanSquaredError(Loss.Reduction.HALF_SUM)).withShuffle(false);

  /** REDUCED trains smaller networks for fewer steps. */
  protected Effort effort() {
    return Effort.FULL;
  }

  private boolean isFull() {
    return effort() == Effort.FULL;
  }

  @Test
  void linearNeuron_recoversTheParametersOfGeneratedData() {
    float[] x = Values.normal(1, 2 * 64);
    float[] y = new float[64];
    for (int i = 0; i < y.length; i++) {
      y[i] = 2 * x[2 * i] - 3 * x[2 * i + 1] + 0.5f;
    }
    TrainingOptions options =
        HALF_SQUARED_ERROR.withOptimizer(Optimizer.sgd(), 0.3).withEpochs(100).withBatchSize(64);
    try (Mlp mlp =
        Mlp.create(backend(), MlpSpec.of(Activation.IDENTITY, 2, 1), Initializer.XAVIER, 1)) {
      fit(mlp, options, Dataset.regression("line", 2, x, y, List.of("y")));
      // A hundred steps leave less than a rounding of the way to go; the errors' roundings remain.
      assertClose(new double[] {2, -3}, mlp.stateDict().get(0), 16 * ULP);
      assertClose(new double[] {0.5}, mlp.stateDict().get(1), 16 * ULP);
    }
  }

  @Test
  void logisticNetwork_hasTheGradientOfCentralDifferences() {
    float[] x = Values.normal(5, 3);
    float[] t = {0.2f, 0.9f};
    TrainingOptions options = HALF_SQUARED_ERROR.withOptimizer(Optimizer.sgd(), 1).withEpochs(1);
    MlpSpec spec = sigmoids(3, 4, 2);
    try (Mlp mlp = Mlp.create(backend(), spec, Initializer.XAVIER, 3)) {
      SigmoidNetwork network = new SigmoidNetwork(mlp.stateDict());
      List<double[]> before = network.parameters();
      fit(mlp, options, Dataset.regression("one", 3, x, t, List.of("a", "b")));
      for (int layer = 0; layer < 2; layer++) {
        double[] moved = before.get(2 * layer).clone();
        int inputs = network.weights[layer][0].length;
        for (int i = 0; i < moved.length; i++) {
          moved[i] -= difference(network, network.weights[layer][i / inputs], i % inputs, x, t);
        }
        assertClose(moved, mlp.stateDict().get(2 * layer), 4 * ULP);
        double[] movedBias = before.get(2 * layer + 1).clone();
        for (int i = 0; i < movedBias.length; i++) {
          movedBias[i] -= difference(network, network.biases[layer], i, x, t);
        }
        assertClose(movedBias, mlp.stateDict().get(2 * layer + 1), 4 * ULP);
      }
    }
  }

  private static double difference(
      SigmoidNetwork network, double[] parameters, int i, float[] x, float[] t) {
    double[] sample = {x[0], x[1], x[2]};
    double[] target = {t[0], t[1]};
    double kept = parameters[i];
    parameters[i] = kept + 1e-5;
    double above = network.loss(sample, target);
    parameters[i] = kept - 1e-5;
    double below = network.loss(sample, target);
    parameters[i] = kept;
    return (above - below) / 2e-5;
  }

  @Test
  void rings_areNotForALine_butForAHiddenLayer() {
    int samples = isFull() ? 1000 : 120;
    Dataset training = GeneratedData.rings(samples, 1);
    Dataset test = GeneratedData.rings(500, 2);
    TrainingOptions options =
        TrainingOptions.defaults(Loss.crossEntropy())
            .withOptimizer(Optimizer.adam(), 0.05)
            .withBatchSize(samples / 4)
            .withEpochs(40);
    double linear = accuracy(MlpSpec.of(Activation.IDENTITY, 2, 2), options, training, test);
    double hidden = accuracy(MlpSpec.of(Activation.TANH, 2, 16, 2), options, training, test);
    // A line cuts off part of the outer ring, which is 2/3 in the best case.
    assertTrue(linear < 0.67, "linear " + linear);
    assertTrue(hidden > 0.99, "with a hidden layer " + hidden);
  }

  private double accuracy(MlpSpec spec, TrainingOptions options, Dataset training, Dataset test) {
    try (Mlp mlp = Mlp.create(backend(), spec, Initializer.XAVIER, 1)) {
      fit(mlp, options, training);
      try (Evaluator evaluator = new Evaluator(mlp, test, options.loss(), test.samples())) {
        return evaluator.evaluate().accuracy();
      }
    }
  }

  @Test
  void oneHiddenLayer_approximatesTheSine() {
    int points = isFull() ? 256 : 48;
    float[] x = new float[points];
    float[] y = new float[points];
    for (int i = 0; i < points; i++) {
      x[i] = (float) (Math.PI * (2.0 * i / (points - 1) - 1));
      y[i] = (float) StrictMath.sin(x[i]);
    }
    TrainingOptions options =
        TrainingOptions.defaults(Loss.meanSquaredError(Loss.Reduction.MEAN))
            .withOptimizer(Optimizer.adam(), 0.06)
            .withSchedule(LearningRateSchedule.cosine())
            .withBatchSize(points)
            .withEpochs(1000);
    MlpSpec spec = MlpSpec.of(Activation.TANH, 1, isFull() ? 16 : 8, 1);
    try (Mlp mlp = Mlp.create(backend(), spec, Initializer.PYTORCH, 2);
        Predictor predictor = new Predictor(mlp, 1001)) {
      fit(mlp, options, Dataset.regression("sine", 1, x, y, List.of("y")));
      float[] between = new float[1001];
      for (int i = 0; i < between.length; i++) {
        between[i] = (float) (Math.PI * (i / 500.0 - 1));
      }
      float[] values = predictor.predict(between);
      double largest = 0;
      for (int i = 0; i < between.length; i++) {
        largest = Math.max(largest, Math.abs(values[i] - StrictMath.sin(between[i])));
      }
      assertTrue(largest < 0.02, "off by " + largest);
    }
  }

  @Test
  void thresholdNeuron_firesAboveFive_andSteepSigmoidsComeNear() {
    // [6, 2, 2] . x + 1 > 5
    List<NamedParameter> neuron = List.of(weight(0, 3, 6, 2, 2), bias(0, 1 - 5));
    float[] corners = {0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1};
    MlpSpec step = one(Activation.STEP, Layer.Bias.TRAINED, 3, 1);
    assertArrayEquals(new float[] {0, 0, 0, 0, 1, 1, 1, 1}, predict(step, neuron, corners));
    double[] expected = {0.524979187, 0.731058579, 0.999954602};
    for (int i = 0; i < 3; i++) {
      float k = new float[] {1, 10, 100}[i];
      // The sum is 5.1 where the first input is 4.1 / 6.
      List<NamedParameter> steep = List.of(weight(0, 3, 6 * k, 2 * k, 2 * k), bias(0, -4 * k));
      float y =
          predict(
              one(Activation.SIGMOID, Layer.Bias.TRAINED, 3, 1),
              steep,
              new float[] {4.1f / 6, 0, 0})[0];
      // z is the difference of two numbers of 4 k, each rounded twice.
      double slope = expected[i] * (1 - expected[i]);
      assertEquals(expected[i], y, slope * 4 * 4.1 * k * ULP / 2 + 4 * ULP / 2 + 5e-10);
    }
  }

  @Test
  void layersOfAnyDepth_areProductsOfMatrices() {
    for (int depth = 1; depth <= (isFull() ? 8 : 4); depth++) {
      int[] sizes = new int[depth + 1];
      for (int i = 0; i <= depth; i++) {
        sizes[i] = 2 + (3 * i) % 5;
      }
      try (Mlp mlp = Mlp.create(backend(), sigmoids(sizes), Initializer.PYTORCH, depth);
          Predictor predictor = new Predictor(mlp, 1)) {
        double[][] outputs = new SigmoidNetwork(mlp.stateDict()).outputs(0.3f, -0.7f);
        float[] actual = predictor.predict(new float[] {0.3f, -0.7f});
        for (int j = 0; j < actual.length; j++) {
          // A layer adds a few roundings; the sigmoid's slope of 1/4 damps those before it.
          assertEquals(outputs[depth][j], actual[j], 8 * ULP, depth + " layers");
        }
      }
    }
  }

  @Test
  void workedExampleB_hasTheDocumentsActivations() {
    float[] x = {.5f, .1f};
    float[] first =
        predict(
            one(Activation.SIGMOID, Layer.Bias.TRAINED, 2, 2),
            List.of(weight(0, 2, .1f, .2f, .3f, .4f), bias(0, .1f, .2f)),
            x);
    assertNear(new double[] {0.542397941, 0.596282699}, first, 4 * ULP);
    try (Mlp mlp = exampleB();
        Predictor predictor = new Predictor(mlp, 1)) {
      assertNear(new double[] {0.716865988}, predictor.predict(x), 4 * ULP);
    }
  }

  @Test
  void threeLayerNetwork_hasTheDocumentsSumsAndOutputs() {
    float[] input = {.5f, .6f, .1f};
    List<NamedParameter> weights =
        List.of(weight(0, 3, .1f, .7f, .8f, .3f, .6f, .9f, .6f, .5f, .1f));
    assertNear(
        new double[] {.55, .60, .61},
        predict(one(Activation.IDENTITY, Layer.Bias.NONE, 3, 3), weights, input),
        4 * ULP);
    assertNear(
        new double[] {0.634135591, 0.645656306, 0.647940802},
        predict(one(Activation.SIGMOID, Layer.Bias.NONE, 3, 3), weights, input),
        4 * ULP);
  }

  /**
   * Neurons that fire above thresholds: y = sigmoid(w . x - theta); g = (t - y) y (1 - y) per
   * output, e = b (1 - b) sum w g per hidden neuron; w += rate g b, theta -= rate g, v += rate e x,
   * gamma -= rate e.
   */
  @Test
  void thresholds_areBiasesOfTheOtherSign() {
    double[] x = {.5f, .1f};
    try (Mlp mlp = exampleB()) {
      SigmoidNetwork form = new SigmoidNetwork(mlp.stateDict());
      double[][] v = form.weights[0];
      double[] w = form.weights[1][0];
      double[] gamma = {-form.biases[0][0], -form.biases[0][1]};
      double theta = -form.biases[1][0];
      for (int step = 0; step < 10; step++) {
        double[] b = new double[2];
        double sum = -theta;
        for (int h = 0; h < 2; h++) {
          b[h] = sigmoid(v[h][0] * x[0] + v[h][1] * x[1] - gamma[h]);
          sum += w[h] * b[h];
        }
        double y = sigmoid(sum);
        double g = y * (1 - y) * (1 - y);
        for (int h = 0; h < 2; h++) {
          double e = b[h] * (1 - b[h]) * w[h] * g;
          w[h] += 0.1 * g * b[h];
          v[h][0] += 0.1 * e * x[0];
          v[h][1] += 0.1 * e * x[1];
          gamma[h] -= 0.1 * e;
        }
        theta -= 0.1 * g;
      }
      float[] sample = {.5f, .1f};
      Dataset data = Dataset.regression("B", 2, sample, new float[] {1}, List.of("y"));
      fit(mlp, HALF_SQUARED_ERROR.withOptimizer(Optimizer.sgd(), 0.1).withEpochs(10), data);
      List<NamedParameter> biasForm = mlp.stateDict();
      double[] flatV = {v[0][0], v[0][1], v[1][0], v[1][1]};
      assertClose(flatV, biasForm.get(0), 10 * ULP);
      assertClose(new double[] {-gamma[0], -gamma[1]}, biasForm.get(1), 10 * ULP);
      assertClose(w, biasForm.get(2), 10 * ULP);
      assertClose(new double[] {-theta}, biasForm.get(3), 10 * ULP);
    }
  }

  private static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  @Test
  void linearLayers_collapseToTheirProduct() {
    int[] sizes = {3, 5, 4, 2};
    MlpSpec spec = MlpSpec.of(Activation.IDENTITY, Activation.IDENTITY, Layer.Bias.NONE, 0, sizes);
    float[] x = Values.normal(9, 3);
    try (Mlp mlp = Mlp.create(backend(), spec, Initializer.XAVIER, 2);
        Predictor predictor = new Predictor(mlp, 1)) {
      double[] product = {1, 0, 0, 0, 1, 0, 0, 0, 1};
      double[] magnitude = {1, 0, 0, 0, 1, 0, 0, 0, 1};
      for (int layer = 0; layer < 3; layer++) {
        float[] w = mlp.stateDict().get(layer).values();
        product = product(w, product, sizes[layer + 1], sizes[layer], false);
        magnitude = product(w, magnitude, sizes[layer + 1], sizes[layer], true);
      }
      float[] single = new float[6];
      for (int i = 0; i < 6; i++) {
        single[i] = (float) product[i];
      }
      MlpSpec one = one(Activation.IDENTITY, Layer.Bias.NONE, 3, 2);
      float[] expected = predict(one, List.of(weight(0, 3, single)), x);
      float[] actual = predictor.predict(x);
      for (int j = 0; j < 2; j++) {
        double sum = 0;
        for (int i = 0; i < 3; i++) {
          sum += magnitude[3 * j + i] * Math.abs(x[i]);
        }
        // Sums of 3, 5 and 4 products on one side; of 3, with rounded weights, on the other.
        assertEquals(expected[j], actual[j], (3 + 5 + 4 + 3 + 1 + 8) * Bounded.ROUNDING * sum);
      }
    }
  }

  /** w [rows, inner] times matrix [inner, 3]; of absolute values if {@code absolute}. */
  private static double[] product(
      float[] w, double[] matrix, int rows, int inner, boolean absolute) {
    double[] product = new double[rows * 3];
    for (int i = 0; i < product.length; i++) {
      for (int p = 0; p < inner; p++) {
        float weight = w[i / 3 * inner + p];
        product[i] += (absolute ? Math.abs(weight) : weight) * matrix[3 * p + i % 3];
      }
    }
    return product;
  }

  @Test
  void maxout_isTheLargestOfItsLinearMaps_andLearns() {
    // Two units of three pieces: |x| with a floor of 1/2, and max(x, 0, -1).
    List<NamedParameter> pieces =
        List.of(weight(0, 1, 1, 1, -1, 0, 0, 0), bias(0, 0, 0, 0, 0, .5f, -1));
    MlpSpec spec = one(Activation.maxout(3), Layer.Bias.TRAINED, 1, 2);
    assertArrayEquals(
        new float[] {2, 0, .5f, 0, 3, 3, Float.NaN, Float.NaN},
        predict(spec, pieces, new float[] {-2, .25f - .5f, 3, Float.NaN}));
    Dataset xor =
        Dataset.classification(
            "xor",
            2,
            new float[] {0, 0, 0, 1, 1, 0, 1, 1},
            new int[] {0, 1, 1, 0},
            List.of("0", "1"));
    TrainingOptions options =
        TrainingOptions.defaults(Loss.crossEntropy())
            .withOptimizer(Optimizer.adam(), 0.1)
            .withBatchSize(4)
            .withEpochs(60);
    MlpSpec network =
        MlpSpec.of(Activation.maxout(2), Activation.IDENTITY, Layer.Bias.TRAINED, 0.1f, 2, 6, 2);
    assertEquals(1, accuracy(network, options, xor, xor));
  }

  private static void assertNear(double[] expected, float[] actual, double tolerance) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], tolerance, "element " + i);
    }
  }

  private float[] predict(MlpSpec spec, List<NamedParameter> parameters, float[] x) {
    int samples = x.length / spec.inputs();
    try (Mlp mlp = Mlp.of(backend(), spec, parameters);
        Predictor predictor = new Predictor(mlp, samples)) {
      return predictor.predict(x);
    }
  }

  private static MlpSpec one(Activation f, Layer.Bias bias, int inputs, int outputs) {
    return MlpSpec.of(f, f, bias, 0, inputs, outputs);
  }

  private static MlpSpec sigmoids(int... sizes) {
    return MlpSpec.of(Activation.SIGMOID, Activation.SIGMOID, Layer.Bias.TRAINED, 0, sizes);
  }
}
