package dev.myelin.testkit;

import java.util.List;
import java.util.stream.Stream;

/** The sizes that cases are tried with: 0, 1, primes, and around the tiles that kernels use. */
final class Sizes {
  /** A matrix. */
  record Matrix(int rows, int columns) {
    int elements() {
      return rows * columns;
    }

    @Override
    public String toString() {
      return "[" + rows + ", " + columns + "]";
    }
  }

  /** [m, k] x [k, n]. */
  record Product(int m, int k, int n) {
    @Override
    public String toString() {
      return "[" + m + ", " + k + "] x [" + k + ", " + n + "]";
    }
  }

  private Sizes() {}

  static List<Integer> lengths(Suite suite) {
    return suite.isFull()
        ? List.of(0, 1, 2, 3, 7, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129, 257, 1000, 4099, 65537)
        : List.of(0, 1, 3, 17, 65, 257);
  }

  static List<Matrix> matrices(Suite suite) {
    List<Matrix> small =
        List.of(
            new Matrix(0, 5),
            new Matrix(1, 1),
            new Matrix(1, 17),
            new Matrix(13, 1),
            new Matrix(3, 5),
            new Matrix(33, 16));
    List<Matrix> large =
        List.of(
            new Matrix(2, 2),
            new Matrix(15, 31),
            new Matrix(16, 32),
            new Matrix(17, 33),
            new Matrix(63, 65),
            new Matrix(64, 64),
            new Matrix(65, 127),
            new Matrix(128, 10),
            new Matrix(129, 257),
            new Matrix(1, 4099),
            new Matrix(4099, 1),
            new Matrix(2, 1025),
            new Matrix(1031, 3));
    return joined(small, suite.isFull() ? large : List.of());
  }

  static List<Product> products(Suite suite) {
    List<Product> small =
        List.of(
            new Product(0, 3, 5),
            new Product(3, 0, 5),
            new Product(3, 5, 0),
            new Product(1, 1, 1),
            new Product(2, 3, 5),
            new Product(17, 1, 13),
            new Product(1, 33, 1),
            new Product(16, 16, 16),
            new Product(17, 31, 33));
    List<Product> large =
        List.of(
            new Product(1, 129, 65),
            new Product(65, 64, 1),
            new Product(15, 17, 16),
            new Product(31, 33, 32),
            new Product(32, 32, 32),
            new Product(33, 32, 31),
            new Product(63, 65, 64),
            new Product(64, 64, 64),
            new Product(65, 63, 63),
            new Product(127, 64, 129),
            new Product(128, 128, 128),
            new Product(129, 127, 65),
            new Product(1, 2053, 3),
            new Product(3, 2053, 1),
            new Product(1031, 2, 5),
            new Product(5, 2, 1031),
            new Product(7, 784, 100),
            new Product(257, 10, 129));
    return joined(small, suite.isFull() ? large : List.of());
  }

  private static <T> List<T> joined(List<T> first, List<T> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }
}
