package dev.myelin;

import java.util.Arrays;
import java.util.StringJoiner;
import java.util.function.Consumer;

/**
 * A dense, row-major array of one backend: a named view of a buffer. Tensors are made by a {@link
 * TensorArena}, which owns their memory; once it is closed, every use of the tensor throws {@link
 * IllegalStateException}.
 *
 * <p>Methods that compute, like {@code x.matmul(w).add(bias).relu()}, are {@link Ops} in a shorter
 * form, with its formulas and its errors. Each allocates the tensor that it returns, in the arena
 * of its operands that was opened last; an arena of its own around a step of a program frees its
 * temporaries. So they cost an allocation each, and cannot be recorded ({@link Backend#capture}):
 * what runs a thousand times a second writes into tensors of its own with {@link Backend#ops}.
 *
 * <p>What a tensor is (name, shape, views) any thread may ask at any time; what it holds is for one
 * thread at a time, as its {@link Backend}.
 */
public final class Tensor {
  /** Names of results say how they were computed, and so grow; the end says most. */
  private static final int LONGEST_NAME = 80;

  private final TensorArena arena;
  private final String name;
  private final Buffer buffer;
  private final long offset;
  private final int[] shape;
  private final long elements;

  Tensor(TensorArena arena, String name, Buffer buffer, long offset, int[] shape) {
    this.arena = arena;
    this.name = name;
    this.buffer = buffer;
    this.offset = offset;
    this.shape = shape.clone();
    this.elements = elements(name, shape);
  }

  /** The product of the dimensions; a scalar's empty shape has one element. */
  static long elements(String name, int[] shape) {
    long product = 1;
    for (int dimension : shape) {
      if (dimension < 0) {
        throw new ShapeMismatchException(
            name + ": a dimension of " + Arrays.toString(shape) + " is negative");
      }
      try {
        product = Math.multiplyExact(product, dimension);
      } catch (ArithmeticException overflow) {
        throw new ShapeMismatchException(
            name + ": " + Arrays.toString(shape) + " has more than 2^63 elements");
      }
    }
    return product;
  }

  public String name() {
    return name;
  }

  public DType type() {
    return buffer.type();
  }

  /** The dimensions, outermost first; a copy. */
  public int[] shape() {
    return shape.clone();
  }

  public int rank() {
    return shape.length;
  }

  /** The length of one axis, outermost first from 0. */
  public int dimension(int axis) {
    return shape[axis];
  }

  public long elements() {
    return elements;
  }

  /** The first dimension: samples of a batch, neurons of a weight. */
  public int rows() {
    return shape[0];
  }

  /** What a row holds: the product of all dimensions but the first; 1 for a vector. */
  public int columns() {
    return shape.length == 2 ? shape[1] : columnsOfAnyRank();
  }

  private int columnsOfAnyRank() {
    int product = 1;
    for (int axis = 1; axis < shape.length; axis++) {
      product = Math.multiplyExact(product, shape[axis]);
    }
    return product;
  }

  /** The memory that this is a view of. For backends. */
  public Buffer buffer() {
    return buffer;
  }

  /** Where in the buffer the first element lies, in elements. For backends. */
  public long offset() {
    return offset;
  }

  public TensorArena arena() {
    return arena;
  }

  /**
   * A view of part of this tensor's elements, sharing its memory.
   *
   * @param firstElement where the view begins, counted in elements of this tensor
   * @throws ShapeMismatchException when the view would reach past this tensor's end
   */
  public Tensor view(String viewName, long firstElement, int... viewShape) {
    requireOpen();
    long viewElements = elements(viewName, viewShape);
    if (firstElement < 0 || firstElement > elements - viewElements) {
      throw new ShapeMismatchException(
          String.format(
              "view %s %s from element %d does not fit into %s",
              viewName, Arrays.toString(viewShape), firstElement, this));
    }
    return new Tensor(arena, viewName, buffer, offset + firstElement, viewShape);
  }

  /** A view of {@code count} rows from {@code first} on. */
  public Tensor rows(int first, int count) {
    int[] viewShape = shape.clone();
    viewShape[0] = count;
    return view(name, Math.multiplyExact((long) first, columns()), viewShape);
  }

  /** Whether the two share at least one element of memory. */
  boolean overlaps(Tensor other) {
    return buffer == other.buffer
        && elements > 0
        && other.elements > 0
        && offset < other.offset + other.elements
        && other.offset < offset + elements;
  }

  /** Whether the two are the same elements of memory. */
  boolean sameMemory(Tensor other) {
    return buffer == other.buffer && offset == other.offset && elements == other.elements;
  }

  void requireOpen() {
    if (arena.isClosed()) {
      arena.requireOpen("tensor " + this);
    }
  }

  /** {@link Ops#matmul} of this [m, k] and b [k, n]. */
  public Tensor matmul(Tensor b) {
    return matmul(Transpose.NO, b, Transpose.NO);
  }

  /** {@link Ops#matmul} of this and b, each transposed or not. */
  public Tensor matmul(Transpose transposeThis, Tensor b, Transpose transposeB) {
    int rows = length(this, transposeThis == Transpose.YES ? 1 : 0);
    int columns = length(b, transposeB == Transpose.YES ? 0 : 1);
    return result(
        "matmul",
        DType.F32,
        new int[] {rows, columns},
        out -> ops().matmul(this, transposeThis, b, transposeB, WriteMode.OVERWRITE, out),
        b);
  }

  /** 0 for what is no matrix: the operation refuses it and says so. */
  private static int length(Tensor matrix, int axis) {
    return matrix == null || matrix.rank() != 2 ? 0 : matrix.shape[axis];
  }

  /**
   * {@link Ops#linear} of this [batch, in]: f(this w^T + bias), in one pass.
   *
   * @param w [out, in]
   * @param bias [out], or null for none
   */
  public Tensor linear(Tensor w, Tensor bias, Activation f) {
    return result(
        "linear",
        DType.F32,
        new int[] {length(this, 0), length(w, 0)},
        out -> ops().linear(this, w, bias, f, null, out),
        w,
        bias == null ? w : bias);
  }

  /** {@link Ops#add} of two of one shape; or {@link Ops#addBias} of a matrix and a vector. */
  public Tensor add(Tensor b) {
    if (rank() == 2 && b != null && b.rank() == 1) {
      return result("add", DType.F32, shape, out -> ops().addBias(this, b, out), b);
    }
    return elementwise("add", b, type(), out -> ops().add(this, b, out));
  }

  /** {@link Ops#subtract} of two of one shape. */
  public Tensor subtract(Tensor b) {
    return elementwise("subtract", b, DType.F32, out -> ops().subtract(this, b, out));
  }

  /** {@link Ops#multiply}, element by element, of two of one shape. */
  public Tensor multiply(Tensor b) {
    return elementwise("multiply", b, DType.F32, out -> ops().multiply(this, b, out));
  }

  private Tensor elementwise(String operation, Tensor b, DType type, Consumer<Tensor> write) {
    if (b != null && !Arrays.equals(shape, b.shape)) {
      throw new ShapeMismatchException(operation + ": shapes differ: " + this + ", " + b);
    }
    return result(operation, type, shape, write, b);
  }

  /** {@link Ops#scale}. */
  public Tensor scale(float factor) {
    return result("scale", DType.F32, shape, out -> ops().scale(this, factor, out));
  }

  /** {@link Ops#activate} with an elementwise function. */
  public Tensor activate(Activation f) {
    String call = f == null ? "activate" : f.text();
    return result(call, DType.F32, shape, out -> ops().activate(f, this, out));
  }

  /** max(0, this). */
  public Tensor relu() {
    return activate(Activation.RELU);
  }

  /** 1 / (1 + e^-this). */
  public Tensor sigmoid() {
    return activate(Activation.SIGMOID);
  }

  /** The hyperbolic tangent. */
  public Tensor tanh() {
    return activate(Activation.TANH);
  }

  /** {@link Ops#softmax}, row by row. */
  public Tensor softmax() {
    return result("softmax", DType.F32, shape, out -> ops().softmax(this, out));
  }

  /** {@link Ops#sum} of all elements, [1]. */
  public Tensor sum() {
    return result(
        "sum", DType.F32, new int[] {1}, out -> ops().sum(this, WriteMode.OVERWRITE, out));
  }

  /** {@link Ops#sumRows} of a matrix, [columns]. */
  public Tensor sumRows() {
    int[] columns = {length(this, 1)};
    return result(
        "sumRows", DType.F32, columns, out -> ops().sumRows(this, WriteMode.OVERWRITE, out));
  }

  /** {@link Ops#argmaxRows} of a matrix, I32 [rows]. */
  public Tensor argmaxRows() {
    int[] rows = {length(this, 0)};
    return result("argmaxRows", DType.I32, rows, out -> ops().argmaxRows(this, out));
  }

  /** All elements of an F32 tensor, copied to the host; waits for the work before. */
  public float[] toFloats() {
    requireOpen();
    float[] host = new float[Math.toIntExact(elements)];
    arena.backend().download(this, host);
    return host;
  }

  /** All elements of an I32 tensor, copied to the host; waits for the work before. */
  public int[] toInts() {
    requireOpen();
    int[] host = new int[Math.toIntExact(elements)];
    arena.backend().download(this, host);
    return host;
  }

  private Ops ops() {
    return arena.backend().ops();
  }

  private Tensor result(
      String operation, DType type, int[] resultShape, Consumer<Tensor> write, Tensor... others) {
    requireOpen();
    TensorArena home = arena;
    StringJoiner call = new StringJoiner(", ", name + "." + operation + "(", ")");
    for (Tensor other : others) {
      home = other == null ? home : home.innermost(other.arena);
      call.add(other == null ? "null" : other.name);
    }
    String text = call.toString();
    int excess = text.length() - LONGEST_NAME;
    return home.compute(
        excess > 0 ? "..." + text.substring(excess) : text, type, resultShape, write);
  }

  /** Name and shape: "layer1.weight [256, 784]". */
  @Override
  public String toString() {
    return name + " " + Arrays.toString(shape);
  }
}
