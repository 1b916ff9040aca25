package dev.myelin.nn;

import dev.myelin.ElementLoss;
import dev.myelin.Ops;
import dev.myelin.Tensor;

/** What training makes small. */
public sealed interface Loss {

  /** How the losses of single outputs become one number. */
  enum Reduction {
    /** The mean over samples and outputs. */
    MEAN,
    /** Half the sum over outputs, then the mean over samples: E = sum (t - o)^2 / 2. */
    HALF_SUM,
    /** The sum over samples and outputs. */
    SUM
  }

  /**
   * Cross-entropy of softmax(logits), in nats, mean over samples. Takes logits: the last layer is
   * linear.
   */
  static Loss crossEntropy() {
    return crossEntropy(0);
  }

  /**
   * @param labelSmoothing the share of each target that is spread over all classes, in [0, 1)
   */
  static Loss crossEntropy(float labelSmoothing) {
    return new CrossEntropy(labelSmoothing);
  }

  static Loss meanSquaredError(Reduction reduction) {
    return new Elementwise(ElementLoss.SQUARED_ERROR, reduction);
  }

  /** Binary cross-entropy on logits, mean over samples and outputs. */
  static Loss binaryCrossEntropy() {
    return new Elementwise(ElementLoss.BINARY_CROSS_ENTROPY, Reduction.MEAN);
  }

  /** The mean absolute error. */
  static Loss l1() {
    return new Elementwise(ElementLoss.ABSOLUTE_ERROR, Reduction.MEAN);
  }

  /** Huber's loss, mean over samples and outputs. */
  static Loss huber(float delta) {
    return new Elementwise(ElementLoss.huber(delta), Reduction.MEAN);
  }

  /** Whether targets are class labels, I32 [batch], or values, [batch, outputs]. */
  boolean takesLabels();

  /**
   * Above which a network's single output means class 1: 0 for a logit, 1/2 for a value between 0
   * and 1.
   */
  default float decisionThreshold() {
    return 0.5f;
  }

  /**
   * Losses and gradient of one batch.
   *
   * @param output [batch, outputs] of the network
   * @param target labels or values, see {@link #takesLabels}
   * @param rowLosses [batch], overwritten with unreduced losses
   * @param gradient [batch, outputs], overwritten with the gradient of the batch's reduced loss
   */
  void apply(Ops ops, Tensor output, Tensor target, Tensor rowLosses, Tensor gradient);

  /**
   * The reduced loss.
   *
   * @param sumOfRowLosses what {@link #apply} gave, summed over all samples
   */
  double reduce(double sumOfRowLosses, long samples, int outputs);

  /**
   * Cross-entropy on logits; see {@link Ops#softmaxCrossEntropy}.
   *
   * @param labelSmoothing in [0, 1)
   */
  record CrossEntropy(float labelSmoothing) implements Loss {
    public CrossEntropy {
      if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
        throw new IllegalArgumentException(
            "labelSmoothing must be in [0, 1), but is " + labelSmoothing);
      }
    }

    @Override
    public boolean takesLabels() {
      return true;
    }

    @Override
    public void apply(Ops ops, Tensor output, Tensor target, Tensor rowLosses, Tensor gradient) {
      float scale = (float) (1.0 / output.rows());
      ops.softmaxCrossEntropy(output, target, labelSmoothing, scale, rowLosses, gradient);
    }

    @Override
    public double reduce(double sumOfRowLosses, long samples, int outputs) {
      return sumOfRowLosses / samples;
    }
  }

  /**
   * A loss that compares output by output; see {@link Ops#elementLoss}.
   *
   * @param loss of one output
   * @param reduction of them all
   */
  record Elementwise(ElementLoss loss, Reduction reduction) implements Loss {
    @Override
    public boolean takesLabels() {
      return false;
    }

    @Override
    public float decisionThreshold() {
      return loss.kind() == ElementLoss.Kind.BINARY_CROSS_ENTROPY ? 0 : 0.5f;
    }

    @Override
    public void apply(Ops ops, Tensor output, Tensor target, Tensor rowLosses, Tensor gradient) {
      float scale = (float) reduce(1, output.rows(), output.columns());
      ops.elementLoss(loss, output, target, scale, rowLosses, gradient);
    }

    @Override
    public double reduce(double sumOfRowLosses, long samples, int outputs) {
      return switch (reduction) {
        case MEAN -> sumOfRowLosses / ((double) samples * outputs);
        case HALF_SUM -> sumOfRowLosses / 2 / samples;
        case SUM -> sumOfRowLosses;
      };
    }
  }
}
