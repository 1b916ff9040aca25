package dev.myelin.io;

import java.util.List;

/**
 * What a safetensors header says about one tensor. Infos come from {@link SafeTensors#tensors},
 * which has checked them: the size in bytes is that of type and shape.
 *
 * @param type how the elements are stored
 * @param shape the dimensions, outermost first; empty for a scalar
 * @param beginByte where the elements begin, counted from the end of the header
 * @param endByte where they end, exclusive
 */
public record TensorInfo(
    String name, StoredType type, List<Long> shape, long beginByte, long endByte) {
  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** The product of the dimensions, 1 for a scalar. */
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /** The size of the elements in the file. */
  public long bytes() {
    return endByte - beginByte;
  }
}
