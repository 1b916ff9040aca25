package dev.myelin;

/**
 * The single checks that {@link CheckedOps} puts together. Each builds its message only when it
 * fails.
 */
final class OpChecks {
  private final CheckedBackend backend;

  OpChecks(CheckedBackend backend) {
    this.backend = backend;
  }

  /**
   * A choice is made, not null: two backends would take null for two different choices.
   *
   * @param choice a transposition, a mode, a function
   */
  void given(String op, String role, Object choice) {
    if (choice == null) {
      throw new IllegalArgumentException(op + ": " + role + " is missing (null)");
    }
  }

  /** A function from one element to one element. */
  void elementwise(String op, Activation f) {
    given(op, "f", f);
    if (f.kind() == Activation.Kind.MAXOUT) {
      throw new IllegalArgumentException(
          op + ": " + f.text() + " is not elementwise; it is an operation of its own, maxout");
    }
  }

  /** Each row of the wide matrix holds {@code pieces} rows of the narrow one. */
  void pieces(String op, int pieces, Tensor wide, Tensor narrow) {
    if (pieces < 1
        || wide.dimension(0) != narrow.dimension(0)
        || wide.dimension(1) != (long) pieces * narrow.dimension(1)) {
      throw new ShapeMismatchException(
          String.format("%s: rows of %s are not %d of %s", op, wide, pieces, narrow));
    }
  }

  void usable(String op, String role, Tensor tensor) {
    backend.requireOpen();
    given(op, role, tensor);
    backend.requireUsable(op, tensor);
  }

  void typed(String op, String role, Tensor tensor, DType type) {
    usable(op, role, tensor);
    if (tensor.type() != type) {
      throw new IllegalArgumentException(
          String.format("%s: %s must be %s, but %s is %s", op, role, type, tensor, tensor.type()));
    }
  }

  void floats(String op, String role, Tensor tensor) {
    typed(op, role, tensor, DType.F32);
  }

  void matrix(String op, String role, Tensor tensor) {
    floats(op, role, tensor);
    if (tensor.rank() != 2) {
      throw new ShapeMismatchException(
          String.format("%s: %s must be a matrix, but is %s", op, role, tensor));
    }
  }

  void vector(String op, String role, Tensor tensor, DType type) {
    typed(op, role, tensor, type);
    if (tensor.rank() != 1) {
      throw new ShapeMismatchException(
          String.format("%s: %s must be a vector, but is %s", op, role, tensor));
    }
  }

  void vector(String op, String role, Tensor tensor, DType type, int length) {
    vector(op, role, tensor, type);
    if (tensor.elements() != length) {
      throw new ShapeMismatchException(
          String.format("%s: %s must have %d elements, but is %s", op, role, length, tensor));
    }
  }

  void scalar(String op, String role, Tensor tensor, DType type) {
    vector(op, role, tensor, type, 1);
  }

  /** An F32 operation from one tensor to another as long, in place allowed. */
  void mapping(String op, Tensor in, Tensor out) {
    floats(op, "input", in);
    floats(op, "output", out);
    sameElements(op, in, out);
    disjointOrSame(op, in, out);
  }

  void sameType(String op, Tensor a, Tensor b) {
    if (a.type() != b.type()) {
      throw new IllegalArgumentException(
          String.format("%s: %s is %s, but %s is %s", op, a, a.type(), b, b.type()));
    }
  }

  void sameElements(String op, Tensor a, Tensor b) {
    if (a.elements() != b.elements()) {
      throw new ShapeMismatchException(
          String.format(
              "%s: %s has %d elements, but %s has %d", op, a, a.elements(), b, b.elements()));
    }
  }

  /** For two matrices. */
  void sameShape(String op, Tensor a, Tensor b) {
    if (a.dimension(0) != b.dimension(0) || a.dimension(1) != b.dimension(1)) {
      throw new ShapeMismatchException(String.format("%s: shapes differ: %s, %s", op, a, b));
    }
  }

  /** Both hold rows, and the rows are equally long. */
  void sameColumns(String op, Tensor a, Tensor b) {
    if (a.rank() == 0 || b.rank() == 0 || a.columns() != b.columns()) {
      throw new ShapeMismatchException(
          String.format("%s: rows differ in length: %s, %s", op, a, b));
    }
  }

  /** out is op(a) op(b). */
  void product(
      String op, Tensor a, Transpose transposeA, Tensor b, Transpose transposeB, Tensor out) {
    int innerAxisA = transposeA == Transpose.NO ? 1 : 0;
    int innerAxisB = transposeB == Transpose.NO ? 0 : 1;
    if (a.dimension(innerAxisA) != b.dimension(innerAxisB)) {
      throw new ShapeMismatchException(
          String.format(
              "%s: inner dimensions differ: %s x %s",
              op, operand(a, transposeA), operand(b, transposeB)));
    }
    if (out.dimension(0) != a.dimension(1 - innerAxisA)
        || out.dimension(1) != b.dimension(1 - innerAxisB)) {
      throw new ShapeMismatchException(
          String.format(
              "%s: %s x %s gives [%d, %d], but the output is %s",
              op,
              operand(a, transposeA),
              operand(b, transposeB),
              a.dimension(1 - innerAxisA),
              b.dimension(1 - innerAxisB),
              out));
    }
  }

  private static String operand(Tensor tensor, Transpose transpose) {
    return transpose == Transpose.YES ? tensor + " transposed" : tensor.toString();
  }

  void disjoint(String op, Tensor in, Tensor out) {
    if (in.overlaps(out)) {
      throw new IllegalArgumentException(
          String.format("%s: %s and %s share memory; give it another tensor", op, in, out));
    }
  }

  void disjointOrSame(String op, Tensor in, Tensor out) {
    if (in.overlaps(out) && !in.sameMemory(out)) {
      throw new IllegalArgumentException(
          String.format(
              "%s: %s and %s share part of their memory; in place means the very same tensor",
              op, in, out));
    }
  }

  void argument(boolean holds, String op, String message, float value) {
    if (!holds) {
      throw new IllegalArgumentException(op + ": " + message + value);
    }
  }

  void argument(boolean holds, String op, String message, Tensor tensor) {
    if (!holds) {
      throw new IllegalArgumentException(op + ": " + message + tensor);
    }
  }
}
