package dev.myelin.cli;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import dev.myelin.data.Dataset;
import dev.myelin.data.GeneratedData;
import dev.myelin.nn.DivergedException;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import dev.myelin.nn.Optimizer;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import dev.myelin.nn.TrainingResult;
import dev.myelin.random.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/**
 * Whether a device computes what it should, in a fraction of a second: products, functions and a
 * loss beside the same in float64, and a small network trained twice. Not a replacement for the
 * conformance suite, which takes minutes; this finds a broken driver, not a wrong last bit.
 */
final class SelfTest {
  /** Half of the distance from 1 to the next float: what one rounding is off by at most. */
  private static final double ROUNDING = 0x1p-24;

  /** Functions are within 6 ULP everywhere; devices that do not round as the JVM does get twice. */
  private static final double FUNCTION_ROUNDINGS = 24;

  private static final Map<Activation, DoubleUnaryOperator> FUNCTIONS = functions();

  private final Backend backend;
  private final Ops ops;
  private final List<String> failures = new ArrayList<>();
  private int results;
  private double worst;

  /**
   * What came of it.
   *
   * @param results how many numbers were compared
   * @param worst the largest error as a share of what it may be
   * @param failures what was wrong, one sentence each; empty when all is well
   */
  record Outcome(int results, double worst, List<String> failures) {}

  private SelfTest(Backend backend) {
    this.backend = backend;
    this.ops = backend.ops();
  }

  /** Tests a device; what it throws, the caller reports. */
  static Outcome of(Backend backend) {
    SelfTest test = new SelfTest(backend);
    try (TensorArena arena = new TensorArena(backend, "self-test")) {
      for (Transpose a : Transpose.values()) {
        for (Transpose b : Transpose.values()) {
          test.product(arena, a, b);
        }
      }
      FUNCTIONS.forEach((f, reference) -> test.function(arena, f, reference));
      test.loss(arena);
    }
    test.training();
    return new Outcome(test.results, test.worst, List.copyOf(test.failures));
  }

  private static Map<Activation, DoubleUnaryOperator> functions() {
    Map<Activation, DoubleUnaryOperator> functions = new LinkedHashMap<>();
    functions.put(Activation.RELU, z -> Math.max(z, 0));
    functions.put(Activation.SIGMOID, z -> 1 / (1 + Math.exp(-z)));
    functions.put(Activation.TANH, Math::tanh);
    functions.put(Activation.elu(1), z -> z > 0 ? z : Math.expm1(z));
    functions.put(Activation.SILU, z -> z / (1 + Math.exp(-z)));
    functions.put(Activation.SOFTPLUS, z -> Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))));
    return functions;
  }

  /** Sizes that no tile divides. */
  private void product(TensorArena arena, Transpose transposeA, Transpose transposeB) {
    int m = 67;
    int n = 43;
    int k = 131;
    boolean turnsA = transposeA == Transpose.YES;
    boolean turnsB = transposeB == Transpose.YES;
    float[] a = uniform(1, m * k);
    float[] b = uniform(2, k * n);
    Tensor deviceA = arena.upload("a", a, turnsA ? k : m, turnsA ? m : k);
    Tensor deviceB = arena.upload("b", b, turnsB ? n : k, turnsB ? k : n);
    Tensor out = arena.allocate("product", m, n);
    ops.matmul(deviceA, transposeA, deviceB, transposeB, WriteMode.OVERWRITE, out);
    float[] found = new float[m * n];
    backend.download(out, found);
    Check check = new Check("matmul, A " + transposeA + ", B " + transposeB);
    for (int row = 0; row < m; row++) {
      for (int column = 0; column < n; column++) {
        double sum = 0;
        double magnitude = 0;
        for (int p = 0; p < k; p++) {
          double term =
              (double) a[turnsA ? p * m + row : row * k + p]
                  * b[turnsB ? column * k + p : p * n + column];
          sum += term;
          magnitude += Math.abs(term);
        }
        check.compare(found[row * n + column], sum, (k + 1) * ROUNDING * magnitude);
      }
    }
    check.end();
  }

  private void function(TensorArena arena, Activation f, DoubleUnaryOperator reference) {
    float[] z = uniform(3, 1001);
    for (int i = 0; i < z.length; i++) {
      z[i] *= 9;
    }
    Tensor y = arena.allocate("y", z.length);
    ops.activate(f, arena.upload("z", z, z.length), y);
    float[] found = new float[z.length];
    backend.download(y, found);
    Check check = new Check(f.text());
    for (int i = 0; i < z.length; i++) {
      double expected = reference.applyAsDouble(z[i]);
      // The smallest results of sigmoid and silu here are 1e-4: nothing is near underflow.
      check.compare(found[i], expected, FUNCTION_ROUNDINGS * ROUNDING * Math.abs(expected));
    }
    check.end();
  }

  private void loss(TensorArena arena) {
    int rows = 19;
    int classes = 11;
    float[] logits = uniform(4, rows * classes);
    int[] labels = new int[rows];
    Arrays.setAll(labels, row -> row % classes);
    Tensor rowLosses = arena.allocate("row losses", rows);
    ops.softmaxCrossEntropy(
        arena.upload("logits", logits, rows, classes),
        arena.upload("labels", labels, rows),
        0,
        1,
        rowLosses,
        arena.allocate("gradient", rows, classes));
    float[] found = new float[rows];
    backend.download(rowLosses, found);
    Check check = new Check("cross-entropy");
    for (int row = 0; row < rows; row++) {
      double sum = 0;
      for (int column = 0; column < classes; column++) {
        sum += Math.exp(logits[row * classes + column]);
      }
      double expected = Math.log(sum) - logits[row * classes + labels[row]];
      // A sum of as many exponentials, its logarithm, and the logit of up to 1 taken off.
      double bound = (classes + FUNCTION_ROUNDINGS) * ROUNDING * (Math.log(sum) + 1);
      check.compare(found[row], expected, bound);
    }
    check.end();
  }

  /** The same seed twice: the loss must fall, and the weights must be the same bits. */
  private void training() {
    Dataset moons = GeneratedData.moons(256, 1);
    List<NamedParameter> first = trained(moons);
    List<NamedParameter> second = trained(moons);
    for (int i = 0; i < Math.min(first.size(), second.size()); i++) {
      results += first.get(i).values().length;
      if (!Arrays.equals(first.get(i).values(), second.get(i).values())) {
        failures.add("two trainings with the same seed differ in parameter " + first.get(i).name());
      }
    }
  }

  private List<NamedParameter> trained(Dataset data) {
    TrainingOptions options =
        TrainingOptions.defaults(Loss.crossEntropy())
            .withOptimizer(Optimizer.adamw(0), 0.01)
            .withBatchSize(32)
            .withEpochs(5);
    try (Mlp network =
        Mlp.create(backend, MlpSpec.of(Activation.TANH, 2, 16, 2), Initializer.XAVIER, 1)) {
      TrainingResult result = new Trainer(options).fit(network, data, null, TrainingListener.NONE);
      double begin = result.epochs().get(0).loss();
      double end = result.epochs().get(result.epochs().size() - 1).loss();
      if (!(end < begin)) {
        failures.add(
            String.format(
                Locale.ROOT,
                "training does not learn: the loss went from %.4f to %.4f",
                begin,
                end));
      }
      return network.stateDict();
    } catch (DivergedException failure) {
      failures.add(failure.getMessage());
      return List.of();
    }
  }

  /** In [-1, 1), the same on every machine. */
  private static float[] uniform(long stream, int count) {
    Philox random = new Philox(20, stream);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt() * 0x1p-31f;
    }
    return values;
  }

  /** Compares the elements of one result. */
  private final class Check {
    private final String what;
    private int wrong;
    private int compared;
    private String firstWrong;

    Check(String what) {
      this.what = what.toLowerCase(Locale.ROOT);
    }

    void compare(double found, double expected, double bound) {
      double error = Math.abs(found - expected);
      compared++;
      if (error <= bound) {
        worst = Math.max(worst, bound == 0 ? 0 : error / bound);
        return;
      }
      // NaN comes here as well.
      wrong++;
      if (firstWrong == null) {
        firstWrong =
            String.format(
                Locale.ROOT, "element %d is %s, not %s", compared - 1, found, (float) expected);
      }
    }

    void end() {
      results += compared;
      if (wrong > 0) {
        failures.add(
            String.format(
                Locale.ROOT,
                "%s: %,d of %,d results are wrong; %s",
                what,
                wrong,
                compared,
                firstWrong));
      }
    }
  }
}
