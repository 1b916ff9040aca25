package dev.myelin.peers;

import dev.myelin.Activation;
import dev.myelin.random.Philox;
import java.util.Locale;

/** One thing that libraries are compared at. Its text names it in files and between processes. */
sealed interface Workload {
  /** The epochs whose losses are the evidence of a training. */
  int EVIDENT_EPOCHS = 2;

  /** As {@link #of} reads it. */
  String text();

  /** Floating-point operations of one repetition; 0 where they are not what is counted. */
  double operations();

  /** How far pieces of evidence may lie apart, relative to the largest of them. */
  double tolerance();

  /**
   * out = op(a) op(b), [m, k] by [k, n].
   *
   * @param transposeA whether a lies in memory as [k, m]
   * @param transposeB whether b lies in memory as [n, k]
   */
  record Product(int m, int n, int k, boolean transposeA, boolean transposeB) implements Workload {

    @Override
    public String text() {
      return String.format(
          Locale.ROOT, "gemm %d %d %d %s", m, n, k, layout(transposeA) + layout(transposeB));
    }

    private static String layout(boolean isTransposed) {
      return isTransposed ? "t" : "n";
    }

    @Override
    public double operations() {
      return 2.0 * m * n * k;
    }

    /**
     * Terms are below 1, so rounding moves a sum of k by k 2^-24 sqrt(k) at most in practice; the
     * largest element is about sqrt(k) / 3.
     */
    @Override
    public double tolerance() {
      return k * 0x1p-22;
    }

    float[] a() {
      return uniform(1, m * k);
    }

    float[] b() {
      return uniform(2, k * n);
    }
  }

  /** An epoch of training; times are divided by its steps. */
  record Training(Net net) implements Workload {
    @Override
    public String text() {
      return "train " + net.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public double operations() {
      return 0;
    }

    /**
     * Losses of the first epochs, after hundreds of updates with another order of rounding in each
     * library; an error in a formula moves them by more than a hundredth.
     */
    @Override
    public double tolerance() {
      return 2e-3;
    }
  }

  /** y = f(x) on so many elements. */
  record Elementwise(Activation function, int elements) implements Workload {
    @Override
    public String text() {
      return "map " + function.text() + " " + elements;
    }

    @Override
    public double operations() {
      return 0;
    }

    /** Functions may be approximated to some units in the last place. */
    @Override
    public double tolerance() {
      return 1e-5;
    }

    float[] x() {
      return scaled(uniform(3, elements), 4);
    }
  }

  /** Softmax of each row. */
  record Softmax(int rows, int columns) implements Workload {
    @Override
    public String text() {
      return "softmax " + rows + " " + columns;
    }

    @Override
    public double operations() {
      return 0;
    }

    @Override
    public double tolerance() {
      return 1e-5;
    }

    float[] logits() {
      return scaled(uniform(4, rows * columns), 4);
    }
  }

  /**
   * Reads what {@link #text} writes.
   *
   * @throws IllegalArgumentException when it is none
   */
  static Workload of(String text) {
    String[] words = text.split(" ", -1);
    try {
      return switch (words[0]) {
        case "gemm" ->
            new Product(
                Integer.parseInt(words[1]),
                Integer.parseInt(words[2]),
                Integer.parseInt(words[3]),
                words[4].charAt(0) == 't',
                words[4].charAt(1) == 't');
        case "train" -> new Training(Net.valueOf(words[1].toUpperCase(Locale.ROOT)));
        case "map" -> new Elementwise(Activation.of(words[1]), Integer.parseInt(words[2]));
        case "softmax" -> new Softmax(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
        default -> throw new IllegalArgumentException("there are gemm, train, map and softmax");
      };
    } catch (IllegalArgumentException | IndexOutOfBoundsException malformed) {
      throw new IllegalArgumentException("no workload: '" + text + "'", malformed);
    }
  }

  /** Elements spread over a result, the last one among them: evidence. */
  static double[] sample(float[] result) {
    int count = Math.min(16, result.length);
    double[] sample = new double[count];
    for (int i = 0; i < count; i++) {
      sample[i] = result[(int) ((i + 1L) * result.length / count) - 1];
    }
    return sample;
  }

  private static float[] uniform(long stream, int count) {
    Philox random = new Philox(11, stream);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt() * 0x1p-31f;
    }
    return values;
  }

  private static float[] scaled(float[] values, float factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return values;
  }
}
