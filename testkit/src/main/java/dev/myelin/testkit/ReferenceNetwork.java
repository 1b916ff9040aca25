package dev.myelin.testkit;

import static dev.myelin.testkit.Bounded.exact;

import dev.myelin.Activation;
import dev.myelin.Activation.DerivativeReads;
import dev.myelin.Activation.Kind;
import dev.myelin.ElementLoss;
import java.util.Arrays;

/**
 * A multilayer perceptron and the mean of its loss, with the gradient found twice: by central
 * differences, which know nothing of the chain rule, and by backpropagation with running error
 * analysis, which gives the bound.
 *
 * <p>The parameters are one array: for each layer the weight [out, in], then the bias [out]. The
 * last layer has no activation.
 */
final class ReferenceNetwork {
  /** The step of the central differences: the error in h^2 is extrapolated away. */
  private static final double STEP = 0x1p-11;

  private final int[] widths;
  private final int batch;
  private final Activation activation;
  private final NetworkLoss loss;
  private final Bounded[] samples;
  private int[] labels;
  private float[] targets;

  /**
   * @param widths inputs, neurons of the hidden layers, outputs
   * @param samples [batch, inputs]
   */
  ReferenceNetwork(int[] widths, Activation activation, NetworkLoss loss, float[] samples) {
    this.widths = widths;
    this.batch = samples.length / widths[0];
    this.activation = activation;
    this.loss = loss;
    this.samples = exact(samples);
  }

  /** The loss at the network's end: of classes, when {@code elementLoss} is null. */
  record NetworkLoss(ElementLoss elementLoss, float smoothing) {
    @Override
    public String toString() {
      return elementLoss == null
          ? "cross-entropy smoothing " + smoothing
          : LossCases.name(elementLoss);
    }
  }

  /** What the loss compares with: labels for cross-entropy, else values. */
  ReferenceNetwork withTargets(int[] newLabels, float[] newTargets) {
    labels = newLabels;
    targets = newTargets;
    return this;
  }

  int parameterCount() {
    return offset(widths.length - 1);
  }

  /** Where a layer's weight begins. */
  int offset(int layer) {
    int offset = 0;
    for (int i = 0; i < layer; i++) {
      offset += widths[i + 1] * (widths[i] + 1);
    }
    return offset;
  }

  float gradientScale() {
    return 1f / (loss.elementLoss == null ? batch : batch * widths[widths.length - 1]);
  }

  /** All layers' pre-activations and activations for one set of parameters. */
  private final class Pass {
    final Bounded[][] z = new Bounded[widths.length - 1][];
    final Bounded[][] y = new Bounded[widths.length][];
    final double[] parameters;

    Pass(double[] parameters) {
      this.parameters = parameters;
      y[0] = samples;
      for (int layer = 0; layer < z.length; layer++) {
        z[layer] = linear(layer);
        boolean isLast = layer == z.length - 1;
        y[layer + 1] = isLast ? z[layer] : Reference.activate(activation, z[layer]);
      }
    }

    private Bounded[] linear(int layer) {
      int in = widths[layer];
      int out = widths[layer + 1];
      Bounded[] result = new Bounded[batch * out];
      for (int i = 0; i < result.length; i++) {
        Bounded[] x = Arrays.copyOfRange(y[layer], i / out * in, (i / out + 1) * in);
        Bounded bias = exact(parameters[offset(layer) + out * in + i % out]);
        result[i] = Bounded.dot(x, weights(layer, i % out)).plus(bias);
      }
      return result;
    }

    Bounded[] weights(int layer, int neuron) {
      int in = widths[layer];
      Bounded[] row = new Bounded[in];
      Arrays.setAll(row, i -> exact(parameters[offset(layer) + neuron * in + i]));
      return row;
    }

    Bounded[] output() {
      return y[y.length - 1];
    }
  }

  private double meanLoss(double[] parameters) {
    Bounded[] output = new Pass(parameters).output();
    double sum = 0;
    if (loss.elementLoss == null) {
      int classes = widths[widths.length - 1];
      for (int i = 0; i < batch; i++) {
        Bounded[] row = Arrays.copyOfRange(output, i * classes, (i + 1) * classes);
        sum += Reference.crossEntropy(row, labels[i], loss.smoothing).value();
      }
    } else {
      for (int i = 0; i < output.length; i++) {
        sum += ReferenceFunctions.loss(loss.elementLoss, output[i], exact(targets[i])).value();
      }
    }
    return sum * gradientScale();
  }

  /**
   * The gradient by central differences D(h) = (L(p + h) - L(p - h)) / 2h, extrapolated: (4 D(h) -
   * D(2h)) / 3. Its bound is the sum of three: what float32 backpropagation may be off by; |D(h) -
   * D(2h)|, more than what the extrapolation leaves; and the rounding of a loss in float64, less
   * than 2^-40 of it, divided by h.
   */
  Expected gradient(float[] parameters) {
    double[] point = point(parameters);
    Bounded[] backpropagated = backpropagate(point);
    double rounding = 0x1p-40 * (1 + meanLoss(point)) / STEP;
    double[] values = new double[point.length];
    double[] bounds = new double[point.length];
    for (int i = 0; i < point.length; i++) {
      double narrow = centralDifference(point, i, STEP);
      double wide = centralDifference(point, i, 2 * STEP);
      values[i] = (4 * narrow - wide) / 3;
      bounds[i] = backpropagated[i].error() + Math.abs(narrow - wide) + rounding;
    }
    return new Expected(values, bounds);
  }

  static double[] point(float[] parameters) {
    double[] point = new double[parameters.length];
    Arrays.setAll(point, i -> parameters[i]);
    return point;
  }

  private double centralDifference(double[] point, int i, double step) {
    double[] moved = point.clone();
    moved[i] = point[i] + step;
    double above = meanLoss(moved);
    moved[i] = point[i] - step;
    return (above - meanLoss(moved)) / (2 * step);
  }

  /** The gradient by the chain rule. */
  Bounded[] backpropagate(double[] parameters) {
    Pass pass = new Pass(parameters);
    Bounded[] gradient = new Bounded[parameters.length];
    Bounded[] dZ = lossGradient(pass.output());
    for (int layer = widths.length - 2; layer >= 0; layer--) {
      parameterGradients(pass, layer, dZ, gradient);
      if (layer > 0) {
        dZ = inputGradient(pass, layer, dZ);
      }
    }
    return gradient;
  }

  private Bounded[] lossGradient(Bounded[] output) {
    Bounded[] gradient = new Bounded[output.length];
    if (loss.elementLoss == null) {
      int classes = widths[widths.length - 1];
      for (int i = 0; i < batch; i++) {
        Bounded[] row = Arrays.copyOfRange(output, i * classes, (i + 1) * classes);
        Bounded[] rowGradient =
            Reference.crossEntropyGradient(row, labels[i], loss.smoothing, gradientScale());
        System.arraycopy(rowGradient, 0, gradient, i * classes, classes);
      }
      return gradient;
    }
    for (int i = 0; i < output.length; i++) {
      gradient[i] =
          ReferenceFunctions.lossDerivative(loss.elementLoss, output[i], exact(targets[i]))
              .times(exact(gradientScale()));
    }
    return gradient;
  }

  private void parameterGradients(Pass pass, int layer, Bounded[] dZ, Bounded[] gradient) {
    int in = widths[layer];
    int out = widths[layer + 1];
    for (int neuron = 0; neuron < out; neuron++) {
      Bounded[] column = column(dZ, out, neuron);
      for (int i = 0; i < in; i++) {
        gradient[offset(layer) + neuron * in + i] =
            Bounded.dot(column, column(pass.y[layer], in, i));
      }
      gradient[offset(layer) + out * in + neuron] = Bounded.sum(column);
    }
  }

  private Bounded[] inputGradient(Pass pass, int layer, Bounded[] dZ) {
    int in = widths[layer];
    int out = widths[layer + 1];
    boolean readsInput = activation.derivativeReads() == DerivativeReads.INPUT;
    Bounded[] read = readsInput ? pass.z[layer - 1] : pass.y[layer];
    Bounded[] result = new Bounded[batch * in];
    for (int i = 0; i < result.length; i++) {
      Bounded[] row = Arrays.copyOfRange(dZ, i / in * out, (i / in + 1) * out);
      Bounded[] weights = new Bounded[out];
      for (int neuron = 0; neuron < out; neuron++) {
        weights[neuron] = exact(pass.parameters[offset(layer) + neuron * in + i % in]);
      }
      result[i] =
          Bounded.dot(row, weights).times(ReferenceFunctions.derivative(activation, read[i]));
    }
    return result;
  }

  private static Bounded[] column(Bounded[] matrix, int columns, int column) {
    Bounded[] result = new Bounded[matrix.length / columns];
    Arrays.setAll(result, i -> matrix[i * columns + column]);
    return result;
  }

  /**
   * How near the network comes to a point where a derivative jumps: there differences and
   * derivatives do not agree.
   */
  double distanceToKink(float[] parameters) {
    Pass pass = new Pass(point(parameters));
    double distance = 1;
    boolean bends =
        activation.kind() == Kind.RELU
            || activation.kind() == Kind.LEAKY_RELU
            || activation.kind() == Kind.ELU
            || activation.isThreshold();
    for (int layer = 0; bends && layer < pass.z.length - 1; layer++) {
      for (Bounded z : pass.z[layer]) {
        distance = Math.min(distance, Math.abs(z.value()));
      }
    }
    for (int i = 0; loss.elementLoss != null && i < pass.output().length; i++) {
      double error = Math.abs(pass.output()[i].value() - targets[i]);
      distance =
          switch (loss.elementLoss.kind()) {
            case ABSOLUTE_ERROR -> Math.min(distance, error);
            case HUBER -> Math.min(distance, Math.abs(error - loss.elementLoss.delta()));
            default -> distance;
          };
    }
    return distance;
  }
}
