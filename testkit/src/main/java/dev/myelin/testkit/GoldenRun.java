package dev.myelin.testkit;

import dev.myelin.Activation;
import dev.myelin.data.Dataset;
import dev.myelin.io.Json;
import dev.myelin.nn.Layer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import dev.myelin.nn.Optimizer;
import dev.myelin.nn.TrainingOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A whole training run on one batch, with the losses and the final parameters that PyTorch 1.13
 * computed in float64; see golden-training.json.
 */
final class GoldenRun {
  private final long seed;
  private final Map<?, ?> json;

  private GoldenRun(long seed, Map<?, ?> json) {
    this.seed = seed;
    this.json = json;
  }

  static List<GoldenRun> all() {
    Map<?, ?> document = (Map<?, ?>) resource("golden-training.json");
    long seed = (Long) document.get("seed");
    List<GoldenRun> runs = new ArrayList<>();
    for (Object run : (List<?>) document.get("runs")) {
      runs.add(new GoldenRun(seed, (Map<?, ?>) run));
    }
    return runs;
  }

  static Object resource(String name) {
    try (InputStream stream = GoldenRun.class.getResourceAsStream(name)) {
      return Json.read(stream.readAllBytes());
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** A number or nested lists of numbers, row by row. */
  static double[] numbers(Object nested) {
    if (nested instanceof Number number) {
      return new double[] {number.doubleValue()};
    }
    return ((List<?>) nested)
        .stream().map(GoldenRun::numbers).flatMapToDouble(Arrays::stream).toArray();
  }

  private static float[] floats(Object nested) {
    double[] numbers = numbers(nested);
    float[] floats = new float[numbers.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) numbers[i];
    }
    return floats;
  }

  private static int[] integers(Object nested) {
    return Arrays.stream(numbers(nested)).mapToInt(number -> (int) number).toArray();
  }

  MlpSpec spec() {
    return MlpSpec.of(Activation.of(text("activation")), integers(json.get("sizes")));
  }

  /**
   * Weight i from state seed + 10 + 2 i, bias i from seed + 11 + 2 i, both scaled by 1 /
   * sqrt(inputs).
   */
  List<NamedParameter> initialParameters() {
    List<NamedParameter> parameters = new ArrayList<>();
    List<Layer> layers = spec().layers();
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      double scale = 1 / Math.sqrt(layer.inputs());
      int module = 2 * i;
      int weights = layer.outputs() * layer.inputs();
      float[] weight = new GoldenGenerator(seed + 10 + 2L * i).next(weights, scale);
      float[] bias = new GoldenGenerator(seed + 11 + 2L * i).next(layer.outputs(), scale);
      int[] shape = {layer.outputs(), layer.inputs()};
      parameters.add(new NamedParameter(module + ".weight", shape, weight));
      parameters.add(new NamedParameter(module + ".bias", new int[] {layer.outputs()}, bias));
    }
    return parameters;
  }

  Dataset data() {
    int inputs = spec().inputs();
    float[] features = floats(json.get("x"));
    List<String> names = IntStream.range(0, spec().outputs()).mapToObj(i -> "output" + i).toList();
    return loss().takesLabels()
        ? Dataset.classification("golden", inputs, features, integers(json.get("y")), names)
        : Dataset.regression("golden", inputs, features, floats(json.get("y")), names);
  }

  Loss loss() {
    return switch (text("loss")) {
      case "cross_entropy" -> Loss.crossEntropy();
      case "mse_mean" -> Loss.meanSquaredError(Loss.Reduction.MEAN);
      case "bce_with_logits_mean" -> Loss.binaryCrossEntropy();
      default -> throw new IllegalStateException("golden run with loss " + text("loss"));
    };
  }

  /** One epoch a step: the whole data set is the batch. */
  TrainingOptions options() {
    TrainingOptions options =
        TrainingOptions.defaults(loss())
            .withEpochs(losses().length)
            .withBatchSize(data().samples())
            .withShuffle(false);
    return switch (text("optimizer")) {
      case "sgd" -> options.withOptimizer(Optimizer.sgd(), 0.1);
      case "sgd_momentum" -> options.withOptimizer(Optimizer.sgd(0.9f, false, 0), 0.05);
      case "sgd_nesterov_weight_decay" ->
          options.withOptimizer(Optimizer.sgd(0.9f, true, 1e-2f), 0.05);
      case "adam" -> options.withOptimizer(Optimizer.adam(), 1e-2);
      case "adamw" -> options.withOptimizer(Optimizer.adamw(0.05f), 1e-2);
      case "adagrad" -> options.withOptimizer(Optimizer.adagrad(), 0.05);
      case "rmsprop" -> options.withOptimizer(new Optimizer.RmsProp(0.9f, 1e-8f, 0), 5e-3);
      default -> throw new IllegalStateException("golden run with " + text("optimizer"));
    };
  }

  /** Before each of the updates. */
  double[] losses() {
    return numbers(json.get("losses"));
  }

  /** Weight and bias of each layer after the last update. */
  List<double[]> finalParameters() {
    return ((List<?>) json.get("final_parameters")).stream().map(GoldenRun::numbers).toList();
  }

  private String text(String key) {
    return (String) json.get(key);
  }

  @Override
  public String toString() {
    return spec() + " " + text("activation") + " " + text("loss") + " " + text("optimizer");
  }
}
