package dev.myelin.cpu;

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
    float delta = loss.delta();
    for (int i = 0; i < count; i++) {
      float p = prediction[predictionStart + i];
      float t = target[targetStart + i];
      float e = p - t;
      float value;
      float slope;
      switch (loss.kind()) {
        case SQUARED_ERROR -> {
          value = e * e;
          slope = 2 * e;
        }
        case ABSOLUTE_ERROR -> {
          value = Math.abs(e);
          slope = Math.signum(e);
        }
        case HUBER -> {
          float clamped = Math.max(-delta, Math.min(delta, e));
          value = clamped * (e - 0.5f * clamped);
          slope = clamped;
        }
        default -> {
          value = ScalarMath.softplus(p) - p * t;
          slope = ScalarMath.sigmoid(p) - t;
        }
      }
      losses[lossesStart + i] = value;
      gradient[gradientStart + i] = gradientScale * slope;
    }
  }
}
