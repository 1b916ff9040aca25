package dev.myelin.nn;

import dev.myelin.ElementLoss;
import dev.myelin.FunctionText;
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
   * Cross-entropy on logits, mean over samples, against smoothed labels.
   *
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

  /**
   * Reads what {@link #text} writes: "cross_entropy", "cross_entropy(0.1)", "mse", "mse_half_sum",
   * "mse_sum", "bce", "l1", "huber(1.0)". Parameters that PyTorch has defaults for may be left out.
   *
   * @throws IllegalArgumentException naming the losses there are
   */
  static Loss of(String text) {
    FunctionText parsed = FunctionText.parse(text);
    return switch (parsed.name()) {
      case "cross_entropy" -> crossEntropy(parsed.parameterOr(0));
      case "mse" -> parsed.withoutParameter(meanSquaredError(Reduction.MEAN));
      case "mse_half_sum" -> parsed.withoutParameter(meanSquaredError(Reduction.HALF_SUM));
      case "mse_sum" -> parsed.withoutParameter(meanSquaredError(Reduction.SUM));
      case "bce" -> parsed.withoutParameter(binaryCrossEntropy());
      case "l1" -> parsed.withoutParameter(l1());
      case "huber" -> huber(parsed.parameterOr(1));
      default ->
          throw new IllegalArgumentException(
              "unknown loss '"
                  + text
                  + "'; there are cross_entropy(SMOOTHING), mse, mse_half_sum, mse_sum, bce, l1, huber(DELTA)");
    };
  }

  /** The loss in one word, as {@link #of} reads it. */
  String text();

  /** Whether targets are class labels, I32 [batch], or values, [batch, outputs]. */
  boolean takesLabels();

  /** What turns outputs into what they predict. */
  enum OutputFunction {
    /** Outputs are the logits of one choice: softmax over all of them gives probabilities. */
    SOFTMAX,
    /** Each output is a logit of its own: its sigmoid is a probability. */
    SIGMOID,
    /** Outputs are predictions as they are. */
    IDENTITY
  }

  /** What turns the outputs of a network trained with this loss into predictions. */
  default OutputFunction outputFunction() {
    return OutputFunction.IDENTITY;
  }

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
    public String text() {
      return labelSmoothing == 0 ? "cross_entropy" : "cross_entropy(" + labelSmoothing + ")";
    }

    @Override
    public boolean takesLabels() {
      return true;
    }

    @Override
    public OutputFunction outputFunction() {
      return OutputFunction.SOFTMAX;
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
    public Elementwise {
      if (reduction != Reduction.MEAN && loss.kind() != ElementLoss.Kind.SQUARED_ERROR) {
        throw new IllegalArgumentException(
            loss.kind() + " is reduced by its mean, not " + reduction);
      }
    }

    @Override
    public String text() {
      return switch (loss.kind()) {
        case SQUARED_ERROR ->
            switch (reduction) {
              case MEAN -> "mse";
              case HALF_SUM -> "mse_half_sum";
              case SUM -> "mse_sum";
            };
        case ABSOLUTE_ERROR -> "l1";
        case HUBER -> "huber(" + loss.delta() + ")";
        case BINARY_CROSS_ENTROPY -> "bce";
      };
    }

    @Override
    public boolean takesLabels() {
      return false;
    }

    @Override
    public OutputFunction outputFunction() {
      return loss.kind() == ElementLoss.Kind.BINARY_CROSS_ENTROPY
          ? OutputFunction.SIGMOID
          : OutputFunction.IDENTITY;
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
