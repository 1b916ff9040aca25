package dev.myelin.testkit;

import dev.myelin.Activation;
import dev.myelin.Activation.DerivativeReads;
import dev.myelin.ElementLoss;
import dev.myelin.Tensor;
import dev.myelin.WriteMode;
import dev.myelin.testkit.ReferenceNetwork.NetworkLoss;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Gradients of whole networks against central differences in float64. */
final class NetworkCases {
  private static final int BATCH = 4;
  private static final int[] TWO_LAYERS = {5, 7, 3};
  private static final int[] THREE_LAYERS = {4, 6, 5, 3};

  /** Several steps of the differences, through a few weights, do not reach so far. */
  private static final double FAR_FROM_KINKS = 0.02;

  private static final List<NetworkLoss> LOSSES =
      Stream.concat(
              Stream.of(new NetworkLoss(null, 0), new NetworkLoss(null, 0.1f)),
              LossCases.ELEMENT_LOSSES.stream().map(loss -> new NetworkLoss(loss, 0)))
          .toList();

  private final Suite suite;

  private NetworkCases(Suite suite) {
    this.suite = suite;
  }

  static Stream<DynamicTest> of(Suite suite) {
    NetworkCases cases = new NetworkCases(suite);
    List<Activation> all = ActivationCases.ALL;
    Stream<DynamicTest> everyActivation =
        IntStream.range(0, all.size())
            .mapToObj(i -> cases.gradients(TWO_LAYERS, all.get(i), LOSSES.get(i % LOSSES.size())));
    List<Activation> deep =
        suite.isFull()
            ? List.of(Activation.RELU, Activation.TANH, Activation.GELU)
            : List.of(Activation.TANH);
    Stream<DynamicTest> everyLoss =
        deep.stream()
            .flatMap(f -> LOSSES.stream().map(loss -> cases.gradients(THREE_LAYERS, f, loss)));
    return Stream.concat(everyActivation, everyLoss);
  }

  private DynamicTest gradients(int[] widths, Activation activation, NetworkLoss loss) {
    return suite.test(
        "gradients of a network " + Arrays.toString(widths) + " " + activation + ", " + loss,
        fixture -> new Network(widths, activation, loss).check(fixture));
  }

  /** A network with parameters and data, on the device and in float64. */
  private static final class Network {
    private final int[] widths;
    private final Activation activation;
    private final NetworkLoss loss;
    private final float[] samples;
    private final int[] labels;
    private final float[] targets;
    private final float[] parameters;
    private final ReferenceNetwork reference;

    /** Takes the first seed that keeps away from where derivatives jump. */
    Network(int[] widths, Activation activation, NetworkLoss loss) {
      this.widths = widths;
      this.activation = activation;
      this.loss = loss;
      int outputs = widths[widths.length - 1];
      for (long seed = 1; ; seed++) {
        float[] x = Values.normal(seed, BATCH * widths[0]);
        int[] classes = Values.ints(seed, BATCH, outputs);
        float[] values =
            loss.elementLoss() == null
                ? null
                : LossCases.targets(loss.elementLoss(), seed, BATCH * outputs);
        ReferenceNetwork candidate =
            new ReferenceNetwork(widths, activation, loss, x).withTargets(classes, values);
        float[] point = Values.uniform(seed, candidate.parameterCount(), -1, 1);
        if (candidate.distanceToKink(point) > FAR_FROM_KINKS) {
          samples = x;
          labels = classes;
          targets = values;
          parameters = point;
          reference = candidate;
          return;
        }
      }
    }

    private int layers() {
      return widths.length - 1;
    }

    void check(Fixture fixture) {
      Tensor all = fixture.in("parameters", parameters, parameters.length);
      Tensor gradients = fixture.out("gradients", parameters.length);
      Tensor[] y = new Tensor[layers() + 1];
      Tensor[] z = new Tensor[layers()];
      y[0] = fixture.in("samples", samples, BATCH, widths[0]);
      for (int layer = 0; layer < layers(); layer++) {
        boolean isLast = layer == layers() - 1;
        Activation f = isLast ? Activation.IDENTITY : activation;
        y[layer + 1] = fixture.out("y" + layer, BATCH, widths[layer + 1]);
        z[layer] =
            f.derivativeReads() == DerivativeReads.INPUT
                ? fixture.out("z" + layer, BATCH, widths[layer + 1])
                : null;
        Tensor bias = bias(all, layer);
        fixture.ops().linear(y[layer], weight(all, layer), bias, f, z[layer], y[layer + 1]);
      }
      backward(fixture, all, gradients, y, z);
      fixture.expect(gradients, () -> reference.gradient(parameters));
    }

    private void backward(Fixture fixture, Tensor all, Tensor gradients, Tensor[] y, Tensor[] z) {
      Tensor dZ = lossGradient(fixture, y[layers()]);
      for (int layer = layers() - 1; layer >= 0; layer--) {
        fixture
            .ops()
            .linearParameterGradients(
                y[layer],
                dZ,
                WriteMode.OVERWRITE,
                weight(gradients, layer),
                bias(gradients, layer));
        if (layer > 0) {
          Tensor dX = fixture.out("dX" + layer, BATCH, widths[layer]);
          fixture
              .ops()
              .linearInputGradient(dZ, weight(all, layer), activation, z[layer - 1], y[layer], dX);
          dZ = dX;
        }
      }
    }

    private Tensor lossGradient(Fixture fixture, Tensor output) {
      int outputs = widths[layers()];
      Tensor rowLosses = fixture.out("rowLosses", BATCH);
      Tensor gradient = fixture.out("gradient", BATCH, outputs);
      float scale = reference.gradientScale();
      ElementLoss elementLoss = loss.elementLoss();
      if (elementLoss == null) {
        Tensor classes = fixture.in("labels", labels, BATCH);
        fixture
            .ops()
            .softmaxCrossEntropy(output, classes, loss.smoothing(), scale, rowLosses, gradient);
      } else {
        Tensor target = fixture.in("targets", targets, BATCH, outputs);
        fixture.ops().elementLoss(elementLoss, output, target, scale, rowLosses, gradient);
      }
      return gradient;
    }

    private Tensor weight(Tensor block, int layer) {
      return block.view(
          "weight" + layer, reference.offset(layer), widths[layer + 1], widths[layer]);
    }

    private Tensor bias(Tensor block, int layer) {
      int weights = widths[layer + 1] * widths[layer];
      return block.view("bias" + layer, reference.offset(layer) + weights, widths[layer + 1]);
    }
  }
}
