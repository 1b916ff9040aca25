package dev.myelin.nn;

/**
 * How well a network does on a data set.
 *
 * @param loss the reduced loss
 * @param accuracy the share of samples that were classified right; NaN for regression
 * @param rmse the root of the mean squared error over samples and outputs, in the unit of the
 *     targets given; NaN for classification
 * @param r2 the share of the targets' variance that is explained, the mean over outputs; NaN for
 *     classification
 * @param samples how many there were
 */
public record Metrics(double loss, double accuracy, double rmse, double r2, int samples) {}
