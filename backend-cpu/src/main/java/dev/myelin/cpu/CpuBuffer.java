package dev.myelin.cpu;

import dev.myelin.Buffer;
import dev.myelin.DType;
import dev.myelin.Tensor;

/** A Java array, and the accessors that operations read a tensor through. */
final class CpuBuffer implements Buffer {
  private final CpuMemory memory;
  private final DType type;
  private final int elements;
  private float[] floats;
  private int[] ints;

  CpuBuffer(CpuMemory memory, DType type, int elements) {
    this.memory = memory;
    this.type = type;
    this.elements = elements;
    if (type == DType.F32) {
      floats = new float[elements];
    } else {
      ints = new int[elements];
    }
  }

  /** The array that an F32 tensor lies in. */
  static float[] floats(Tensor tensor) {
    return ((CpuBuffer) tensor.buffer()).floats;
  }

  /** The array that an I32 tensor lies in. */
  static int[] ints(Tensor tensor) {
    return ((CpuBuffer) tensor.buffer()).ints;
  }

  /** Where in its array a tensor begins. */
  static int start(Tensor tensor) {
    return (int) tensor.offset();
  }

  static int count(Tensor tensor) {
    return (int) tensor.elements();
  }

  @Override
  public DType type() {
    return type;
  }

  @Override
  public long elements() {
    return elements;
  }

  @Override
  public void free() {
    // Tensors may outlive their arena; the array must not outlive it through them.
    floats = null;
    ints = null;
    memory.giveBack((long) elements * type.bytes());
  }
}
