package dev.myelin.cli.bench;

/**
 * How large a piece of work is: of a product, [m, k] times [k, n]; of a layer, m samples, k inputs,
 * n outputs; of anything else, m rows of n.
 */
public record Shape(int m, int n, int k) {
  /** So that no matrix has more elements than an array. */
  private static final int LARGEST = 1 << 15;

  /**
   * @throws IllegalArgumentException naming what is out of range
   */
  public Shape {
    if (Math.min(m, Math.min(n, k)) < 1 || Math.max(m, Math.max(n, k)) > LARGEST) {
      throw new IllegalArgumentException(
          String.format("sizes must be 1 to %d, but are %dx%dx%d", LARGEST, m, n, k));
    }
  }

  /**
   * Reads "1024" (all alike), "512x10" (m, n; k as n) or "128x512x784" (m, n, k).
   *
   * @throws IllegalArgumentException saying what would do
   */
  public static Shape of(String text) {
    if (!text.matches("\\d{1,6}(x\\d{1,6}){0,2}")) {
      throw new IllegalArgumentException(
          String.format(
              "a size is a number, or two or three with x between, as in 1024, 512x10 or"
                  + " 128x512x784, each 1 to %d, but is '%s'",
              LARGEST, text));
    }
    String[] sizes = text.split("x", -1);
    int m = Integer.parseInt(sizes[0]);
    int n = sizes.length > 1 ? Integer.parseInt(sizes[1]) : m;
    return new Shape(m, n, sizes.length > 2 ? Integer.parseInt(sizes[2]) : n);
  }

  int elements() {
    return m * n;
  }

  /** "128 x 512". */
  String ofMatrix() {
    return m + " x " + n;
  }

  /** "128 x 512 x 784". */
  String ofProduct() {
    return m + " x " + n + " x " + k;
  }
}
