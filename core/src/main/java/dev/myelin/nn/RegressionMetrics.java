package dev.myelin.nn;

/** How far predicted numbers are from the true ones, in float64. */
public final class RegressionMetrics {
  private RegressionMetrics() {}

  /**
   * Root mean squared error and explained variance R^2 = 1 - sum (t - p)^2 / sum (t - mean t)^2. A
   * target that does not vary counts 1 when it is predicted exactly, else 0.
   *
   * @param loss the reduced loss that goes with it
   * @param predictions [samples, width] row-major
   * @param targets [samples, width] row-major
   */
  public static Metrics of(double loss, float[] predictions, float[] targets, int width) {
    int samples = targets.length / width;
    double squaredErrors = 0;
    double r2 = 0;
    for (int column = 0; column < width; column++) {
      double mean = 0;
      for (int i = column; i < targets.length; i += width) {
        mean += targets[i] / (double) samples;
      }
      double residual = 0;
      double total = 0;
      for (int i = column; i < targets.length; i += width) {
        double error = (double) targets[i] - predictions[i];
        double deviation = targets[i] - mean;
        residual += error * error;
        total += deviation * deviation;
      }
      squaredErrors += residual;
      double explained = total > 0 ? 1 - residual / total : residual == 0 ? 1 : 0;
      r2 += explained / width;
    }
    double rmse = Math.sqrt(squaredErrors / targets.length);
    return new Metrics(loss, Double.NaN, rmse, r2, samples);
  }
}
