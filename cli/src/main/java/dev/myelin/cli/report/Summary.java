package dev.myelin.cli.report;

/**
 * What many numbers are like.
 *
 * @param mean NaN for no numbers
 * @param deviation the standard deviation, dividing by n
 * @param least the smallest
 * @param greatest the largest
 * @param zeros how many are exactly 0
 * @param norm the root of the sum of squares
 */
public record Summary(
    double mean, double deviation, double least, double greatest, long zeros, double norm) {

  /** In float64, in the order given. */
  public static Summary of(float[] values) {
    double sum = 0;
    double squares = 0;
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    long zeros = 0;
    for (float value : values) {
      sum += value;
      squares += (double) value * value;
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
      zeros += value == 0 ? 1 : 0;
    }
    double mean = sum / values.length;
    double distances = 0;
    for (float value : values) {
      distances += (value - mean) * (value - mean);
    }
    double deviation = Math.sqrt(distances / values.length);
    return new Summary(mean, deviation, least, greatest, zeros, Math.sqrt(squares));
  }
}
