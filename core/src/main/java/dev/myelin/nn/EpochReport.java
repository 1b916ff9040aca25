package dev.myelin.nn;

/**
 * What one epoch came to.
 *
 * @param epoch from 1
 * @param loss the training loss over the epoch, measured batch by batch before each update
 * @param trainAccuracy the share of training samples that were classified right before each update;
 *     NaN when the loss takes no labels
 * @param validation after the epoch; null without validation data
 * @param learningRate of the epoch's last step
 * @param samples that were trained on
 * @param elapsedNanos the training took, validation not included
 */
public record EpochReport(
    int epoch,
    double loss,
    double trainAccuracy,
    Metrics validation,
    double learningRate,
    long samples,
    long elapsedNanos) {

  public double samplesPerSecond() {
    return samples * 1e9 / Math.max(1, elapsedNanos);
  }
}
