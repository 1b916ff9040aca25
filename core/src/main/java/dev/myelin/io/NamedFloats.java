package dev.myelin.io;

import java.nio.FloatBuffer;
import java.util.Arrays;

/** A tensor to be stored: a name, a shape, and a view of the elements in row-major order. */
public final class NamedFloats {
  private final String name;
  private final FloatBuffer values;
  private final int[] shape;

  /**
   * Views all elements that remain in a buffer, without copying them: {@code
   * FloatBuffer.wrap(block, offset, length)} is one layer's part of a model's parameter block.
   *
   * @param shape the dimensions, outermost first; none for a scalar
   * @throws IllegalArgumentException if the shape does not hold as many elements as remain
   */
  public NamedFloats(String name, FloatBuffer values, int... shape) {
    this.name = name;
    this.values = values.slice();
    this.shape = shape.clone();
    if (elements(name, shape) != this.values.remaining()) {
      throw new IllegalArgumentException(
          name
              + ": "
              + Arrays.toString(shape)
              + " holds "
              + elements(name, shape)
              + " elements, but "
              + this.values.remaining()
              + " are given");
    }
  }

  /** As the other constructor, viewing a whole array. */
  public NamedFloats(String name, float[] values, int... shape) {
    this(name, FloatBuffer.wrap(values), shape);
  }

  private static long elements(String name, int[] shape) {
    long product = 1;
    for (int dimension : shape) {
      if (dimension < 0) {
        throw new IllegalArgumentException(
            name + ": a dimension of " + Arrays.toString(shape) + " is negative");
      }
      product = Math.multiplyExact(product, dimension);
    }
    return product;
  }

  public String name() {
    return name;
  }

  /** The elements; a view with a position of its own. */
  public FloatBuffer values() {
    return values.duplicate();
  }

  /** The dimensions, outermost first; a copy. */
  public int[] shape() {
    return shape.clone();
  }
}
