package dev.myelin.cpu;

import static dev.myelin.cpu.ScalarMath.atLeast;
import static dev.myelin.cpu.ScalarMath.atMost;

import dev.myelin.ElementLoss;

/** The elementwise losses and their gradients. */
final class ScalarLosses {
  private ScalarLosses() {}

  static void elementLoss(
      ElementLoss loss,
      float[] prediction,
      int predictionStart,
      float[] target,
      int targetStart,
      float gradientScale,
      float[] losses,
      int lossesStart,
      float[] gradient,
      int gradientStart,
      int count) {
    for (int i = 0; i < count; i++) {
      float p = prediction[predictionStart + i];
      float t = target[targetStart + i];
      float error = p - t;
      float value;
      float slope;
      switch (loss.kind()) {
        case SQUARED_ERROR -> {
          value = error * error;
          slope = 2 * error;
        }
        case ABSOLUTE_ERROR -> {
          value = Math.abs(error);
          slope = Math.signum(error);
        }
        case HUBER -> {
          slope = atMost(atLeast(error, -loss.delta()), loss.delta());
          // e^2 / 2 and delta (|e| - delta / 2) are both this.
          value = slope * Math.fma(-0.5f, slope, error);
        }
        case BINARY_CROSS_ENTROPY -> {
          float e = ScalarMath.expOfMinusAbs(p);
          value = Math.fma(-p, t, atLeast(p, 0)) + ScalarMath.log1p(e);
          // sigmoid(p) - t without cancellation where the prediction is right.
          float wrong = e / (1 + e);
          slope = p < 0 ? wrong - t : (1 - t) - wrong;
        }
        default -> throw new AssertionError(loss.kind());
      }
      losses[lossesStart + i] = value;
      gradient[gradientStart + i] = gradientScale * slope;
    }
  }
}
