package dev.myelin;

import java.util.Arrays;

/**
 * A dense, row-major array of one backend: a named view of a buffer. Tensors are made by a {@link
 * TensorArena}, which owns their memory; once it is closed, every use of the tensor throws {@link
 * IllegalStateException}.
 */
public final class Tensor {
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

  /** Name and shape: "layer1.weight [256, 784]". */
  @Override
  public String toString() {
    return name + " " + Arrays.toString(shape);
  }
}
